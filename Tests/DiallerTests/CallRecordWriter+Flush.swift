@testable import Dialler

extension CallRecordWriter {
    /// Until it was tried to write all that was appended before.
    func flush() async {
        await withCheckedContinuation { continuation in flush { continuation.resume() } }
    }
}
