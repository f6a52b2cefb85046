import Glibc

/// The few questions to the file system that finding a port and its holder needs. Every failure reads as "not there".
enum FileSystem {
    /// The path with every link followed; nil when it leads nowhere.
    static func resolve(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        return realpath(path, &buffer).map { String(cString: $0) }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func lastComponent(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Names in a folder, without the dotted ones.
    static func entries(of folder: String) -> [String] {
        FolderListing.names(in: folder) ?? []
    }

    /// Whether the process has that device open.
    static func hasOpen(_ node: String, process: CInt) -> Bool {
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
