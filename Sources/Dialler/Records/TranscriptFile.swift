package import ModemCore

/// Why a recorded conversation cannot be used: one sentence that begins with the file's name.
package struct TranscriptFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sentence.
    package let description: String
}

extension ModemTranscript {
    /// Reads a recorded conversation; one of more than 16 MiB is none.
    /// - Throws: why it cannot be used, with the place.
    package static func read(_ path: String) throws(TranscriptFileError) -> ModemTranscript {
        let file: SmallFile
        do throws(FileReadingError) {
            file = try SmallFile.read(path, limit: 16 << 20)
        } catch {
            throw TranscriptFileError(description: "\(path) \(error)")
        }
        do throws(Problem) {
            return try ModemTranscript(String(decoding: file.bytes, as: UTF8.self))
        } catch {
            throw TranscriptFileError(description: "\(path): \(error)")
        }
    }
}
