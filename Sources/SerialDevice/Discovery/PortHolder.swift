import Glibc

/// The process that has a serial port, or a TCP port, open.
package struct PortHolder: Equatable, Sendable, CustomStringConvertible {
    /// Its number in /proc.
    package let processID: CInt
    /// As /proc/PID/comm tells it (at most 15 bytes); nil when the process is gone or hidden.
    package let name: String?

    package init(processID: CInt, name: String?) {
        self.processID = processID
        self.name = name
    }

    /// Judged by its name.
    package var isModemManager: Bool { name == "ModemManager" }

    /// Whether it is another process of this program: a line, or somebody's command.
    package var isDialler: Bool { processID != getpid() && name == "patriot-dialler" }

    package var description: String {
        if processID == getpid() { return "this process itself (process \(processID))" }
        return name.map { "\($0) (process \(processID))" } ?? "process \(processID)"
    }

    /// Finds who has the device open: an open descriptor in /proc first, the UUCP lock file else.
    ///
    /// Other users' descriptors show only to root, so nil does not mean that nobody holds it.
    static func find(of path: String) -> PortHolder? {
        find(ofNode: FileSystem.resolve(path) ?? path)
    }

    /// As `find(of:)`, for a path that is no link.
    static func find(ofNode node: String) -> PortHolder? {
        let processes = FileSystem.entries(of: "/proc").compactMap { CInt($0) }.sorted()
        let open = processes.filter { FileSystem.hasOpen(node, process: $0) }
        guard let processID = open.first(where: { $0 != getpid() }) ?? lockOwner(of: node) ?? open.first else {
            return nil
        }
        return PortHolder(processID: processID, name: FileSystem.line(of: "/proc/\(processID)/comm"))
    }

    /// The living process that a UUCP lock file names (FHS 3.0, 5.9).
    private static func lockOwner(of node: String) -> CInt? {
        let name = FileSystem.lastComponent(of: node)
        for folder in ["/run/lock", "/var/lock", "/run/lock/lockdev"] {
            guard let line = FileSystem.line(of: "\(folder)/LCK..\(name)") else { continue }
            let digits = line.split(separator: " ").first ?? ""
            if let processID = CInt(digits), processID > 0, FileSystem.exists("/proc/\(processID)") {
                return processID
            }
        }
        return nil
    }
}
