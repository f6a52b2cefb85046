package import Glibc

/// A directory of its own for a test, removed with its files at the end.
package final class TemporaryDirectory {
    package let path: String

    package init() throws {
        var template = Array("/tmp/patriot-dialler-tests.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileFailure(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in (try? names()) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// What is in it, sorted.
    package func names() throws -> [String] { try Self.names(in: path) }

    static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw FileFailure(call: "opendir", errno: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// What a file of at most 64 KiB holds; the path is whole.
    package func read(_ file: String) throws -> String {
        try TextFile.read(file, limit: 1 << 16)
    }

    /// Writes a file and returns its path.
    package func write(_ name: String, _ bytes: some Collection<UInt8>, mode: mode_t = 0o600) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(call: "open", errno: errno) }
        defer { close(descriptor) }
        let content = Array(bytes)
        guard Glibc.write(descriptor, content, content.count) == content.count, fchmod(descriptor, mode) == 0 else {
            throw FileFailure(call: "write", errno: errno)
        }
        return file
    }

    package func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        try write(name, Array(text.utf8), mode: mode)
    }
}
