import Glibc

/// A directory for the files of one test, removed with its owner.
final class TemporaryDirectory {
    struct CannotWrite: Error {
        let path: String
        let number: Int32
    }

    let path: String
    private var files: [String] = []

    init() throws {
        var template = Array("/tmp/tls-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CannotWrite(path: "/tmp", number: errno) }
        path = String(cString: made)
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }

    func write(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CannotWrite(path: file, number: errno) }
        defer { close(descriptor) }
        files.append(file)
        let content = Array(bytes)
        guard Glibc.write(descriptor, content, content.count) == content.count else {
            throw CannotWrite(path: file, number: errno)
        }
        return file
    }

    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }
}
