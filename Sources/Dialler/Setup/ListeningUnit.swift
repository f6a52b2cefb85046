import Glibc

/// What lets a line's unit listen: the units themselves may not (`SocketBindDeny=any`), so each line that does has a drop-in.
package struct ListeningUnit: Equatable, Sendable {
    /// Put before the system's paths; empty but in tests.
    private let root: String
    private let line: String

    package init(line: String, root: String = "") {
        self.line = line
        self.root = root
    }

    private var directory: String { "\(root)/etc/systemd/system/\(SystemdUnit.name(ofLine: line)).d" }
    /// The drop-in's file.
    package var file: String { "\(directory)/50-listen.conf" }

    /// The drop-in's content.
    package static func text(port: Int) -> String {
        "# Written by patriot-dialler setup: Patriot connects to this line (PATRIOT_LISTEN).\n"
            + "[Service]\nSocketBindAllow=tcp:\(port)\n"
    }

    /// Lets the line listen on that port, or on none.
    /// - Returns: whether anything was changed, and systemd has to read it.
    package func allow(_ port: Int?) throws(LineInstallationError) -> Bool {
        guard let port else {
            guard SmallFile.exists(file) else { return false }
            guard unlink(file) == 0 else { throw .unwritable(file: file, String(cString: strerror(errno))) }
            rmdir(directory)
            return true
        }
        let bytes = Array(Self.text(port: port).utf8)
        if (try? SmallFile.read(file, limit: 65_536))?.bytes == bytes { return false }
        mkdir(directory, 0o755)
        do throws(FileWritingError) {
            try StagedFile(for: file, bytes: bytes, mode: 0o644).commit()
        } catch {
            throw .unwritable(file: file, error.description)
        }
        return true
    }
}
