import Glibc
import Subprocess
import SystemPackage

/// The built `patriot-dialler`, run as a person would run it.
enum Program {
    struct Outcome {
        let exitCode: Int32?
        let output: String
        let errors: String
    }

    /// Runs the program to its end.
    ///
    /// - Parameter input: what is typed or piped into it; then its standard input ends.
    static func run(_ arguments: [String], input: String = "", environment: [Environment.Key: String] = [:])
        async throws -> Outcome
    {
        let result = try await Subprocess.run(
            .path(path),
            arguments: Arguments(arguments),
            environment: .inherit.updating(environment.mapValues { Optional($0) }),
            input: .string(input),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        var exitCode: Int32?
        if case .exited(let code) = result.terminationStatus { exitCode = code }
        return Outcome(exitCode: exitCode, output: result.standardOutput ?? "", errors: result.standardError ?? "")
    }

    /// Beside the test bundle, where the build puts it.
    static var path: FilePath {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let bundle = FilePath(String(decoding: buffer.prefix(max(0, length)), as: UTF8.self))
        return bundle.removingLastComponent().appending("patriot-dialler")
    }
}
