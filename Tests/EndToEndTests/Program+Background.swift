import Subprocess
import SystemPackage

extension Program {
    /// Runs a program that carries out `quit`, waits until it has printed the text, and ends it after the body.
    /// - Parameter body: gets what was printed until then, its last line whole.
    static func whileRunning(
        _ arguments: [String],
        untilItSays text: String,
        _ body: (String) async throws -> Void
    ) async throws {
        _ = try await Subprocess.run(
            .path(path),
            arguments: Arguments(arguments),
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            var said = ""
            for try await line in execution.standardOutput.strings() {
                said += line + "\n"
                if line.contains(text) { break }
            }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(said))
            } catch {
                outcome = .failure(error)
            }
            _ = try await execution.standardInputWriter.write(Array("quit\n".utf8))
            try outcome.get()
        }
    }
}
