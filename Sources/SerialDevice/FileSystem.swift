import Glibc

/// The few questions to the file system that finding a port, its holder and a line's files needs. Every failure reads as
/// "not there", where nothing else is said.
package enum FileSystem {
    /// The path with every link followed; nil when it leads nowhere.
    package static func resolve(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        return realpath(path, &buffer).map { String(cString: $0) }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func lastComponent(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Names in a folder, without the dotted ones; nil when it may not be read. One that is not there has none.
    package static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return errno == ENOENT ? [] : nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// As ``names(in:)``; none where it may not be read.
    static func entries(of folder: String) -> [String] {
        names(in: folder) ?? []
    }

    /// Whether the process has that device open, or the socket that /proc names `socket:[INODE]`.
    package static func hasOpen(_ node: String, process: CInt) -> Bool {
        let folder = "/proc/\(process)/fd"
        return entries(of: folder).contains { target(ofLink: "\(folder)/\($0)") == node }
    }

    /// The first line of a small text file.
    static func line(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let line = buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: line, as: UTF8.self)
    }

    /// What the link says, followed once.
    static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
