import Glibc
import Subprocess
import SystemPackage

/// The built `patriot-dialler`, run as a person would run it.
enum Program {
    struct Outcome {
        /// nil when a signal ended it.
        let exitCode: Int32?
        let output: String
        let errors: String
    }

    /// What a person types once the program has printed a certain text.
    struct Step {
        let awaited: String
        let typed: String
    }

    /// Runs the program to its end, with nothing typed.
    static func run(_ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(path),
            arguments: Arguments(arguments),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        return Outcome(
            exitCode: exitCode(result.terminationStatus),
            output: result.standardOutput,
            errors: result.standardError
        )
    }

    /// Runs the program to its end, typing each step's line when its text has come. Output and errors come as one.
    static func converse(_ arguments: [String], _ steps: [Step]) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(path),
            arguments: Arguments(arguments),
            input: .inputWriter,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            var output = ""
            var unread = output.startIndex
            var rest = steps[...]
            for try await text in execution.standardOutput.strings() {
                output += text + "\n"
                while let step = rest.first, let found = output[unread...].firstRange(of: step.awaited) {
                    unread = found.upperBound
                    rest.removeFirst()
                    _ = try await execution.standardInputWriter.write(Array((step.typed + "\n").utf8))
                }
            }
            return output
        }
        return Outcome(exitCode: exitCode(result.terminationStatus), output: result.closureResult, errors: "")
    }

    private static func exitCode(_ status: TerminationStatus) -> Int32? {
        if case .exited(let code) = status { code } else { nil }
    }

    /// Beside the test bundle, where the build puts it.
    static var path: FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(bundle).removingLastComponent().appending("patriot-dialler")
    }
}
