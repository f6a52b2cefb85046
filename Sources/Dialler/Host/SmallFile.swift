import Glibc

/// A small file read whole, with what its inode says.
package struct SmallFile: Equatable, Sendable {
    /// All of them.
    package var bytes: [UInt8]
    /// The permission bits, `0o000...0o7777`.
    var mode: mode_t

    /// Whether anybody but the owner may read or write it.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// The permission bits as `ls` and `chmod` speak of them: `0644`.
    var modeText: String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Whether something has that name, readable or not.
    package static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Reads the file.
    ///
    /// - Parameter limit: a larger file is refused: no configuration, key or certificate is that big.
    package static func read(_ path: String, limit: Int) throws(FileReadingError) -> SmallFile {
        // Not blocking, so that a path which names a pipe or a terminal is refused instead of waited for.
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        var descriptor: Int32
        repeat { descriptor = open(path, flags) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw FileReadingError(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileReadingError(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        var bytes: [UInt8] = []
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw FileReadingError(errno: failure) }
            if chunk.isEmpty { break }
            bytes += chunk
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
        return SmallFile(bytes: bytes, mode: status.st_mode & 0o7777)
    }
}

/// Why a file could not be read; the description fits behind the file's name.
package enum FileReadingError: Error, Equatable, CustomStringConvertible {
    case notFound
    case permissionDenied
    case notAFile
    case tooLarge(limit: Int)
    /// Any other failed system call, with its `errno`.
    case system(Int32)

    init(errno: Int32) {
        self =
            switch errno {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .permissionDenied
            case ENXIO, ENODEV: .notAFile
            default: .system(errno)
            }
    }

    package var description: String {
        switch self {
        case .notFound: "does not exist: create it or correct the path"
        case .permissionDenied:
            "may not be read by this user (uid \(geteuid())): run the command with sudo; if the line itself says this, "
                + "give the file to the line's user (chown)"
        case .notAFile: "is not a file: name a plain file"
        case .tooLarge(let limit): "is larger than \(limit) bytes and cannot be what is meant: correct the path"
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
