import Glibc

struct FileFailure: Error {
    let call: String
    let errno: Int32
}

enum TextFile {
    /// What a file of at most this many bytes holds.
    static func read(_ path: String, limit: Int) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(call: "open", errno: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw FileFailure(call: "read", errno: errno) }
        guard count <= limit else { throw FileFailure(call: "read", errno: EFBIG) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
