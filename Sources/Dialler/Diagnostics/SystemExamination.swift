import Glibc
import SerialDevice

/// What can be learnt of the machine by looking: files, systemd, the kernel's log. Blocks: call it off the event loop.
struct SystemExamination {
    /// Put before each path; empty but in tests.
    let root: String

    // MARK: Clock

    // time(2) may still be in the second before, while a file already has the next.
    var now: Int64 { Int64(WallClockTime.now().seconds) }

    /// When the file was changed last, in seconds since 1970.
    func written(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }

    var isClockSynchronized: Bool? {
        let answer = ProgramOutput.of(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
        switch answer?.prefix(while: { $0 != "\n" }) {
        case "yes": return true
        case "no": return false
        default: return nil
        }
    }

    // MARK: Files

    func file(_ path: String) -> LineFacts.File {
        if access(path, R_OK) == 0 { return .found }
        return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable
    }

    /// Of the four places of rules the first that has the file counts; an empty one, or a link to /dev/null, masks it.
    var hasUdevRules: Bool {
        let places = ["/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"]
        let files = places.map { root + $0 + "/78-patriot-dialler.rules" }
        guard let first = files.first(where: SmallFile.exists) else { return false }
        guard let file = try? SmallFile.read(first, limit: 1 << 20) else { return false }
        return !file.bytes.isEmpty
    }

    /// - Parameter isManaged: systemd makes the directory when the line starts, so it need not be there yet.
    func storage(_ directory: String, isManaged: Bool) -> LineFacts.Storage {
        var place = directory
        while isManaged, !SmallFile.exists(place), let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        var system = statvfs()
        guard statvfs(place, &system) == 0 else {
            return LineFacts.Storage(directory: directory, fault: String(cString: strerror(errno)), freeBytes: .max)
        }
        let code = writingError(place)
        return LineFacts.Storage(
            directory: directory,
            fault: code == 0 ? nil : String(cString: strerror(code)),
            freeBytes: code == ENOSPC || code == EDQUOT ? 0 : UInt64(system.f_bavail) * UInt64(system.f_frsize)
        )
    }

    /// Whether this user, who is not the line's, cannot tell whether the line may write there.
    func isClosed(_ directory: String) -> Bool {
        geteuid() != 0 && access(directory, W_OK | X_OK) != 0 && (errno == EACCES || errno == EPERM)
    }

    /// Those of the files that are there and open to more than their owner.
    func openSecrets(_ paths: [String]) -> [LineFacts.OpenSecret] {
        paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
            let digits = String(status.st_mode & 0o7777, radix: 8)
            return .init(path: path, mode: String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
        }
    }

    /// The `errno` of making and filling a file there, 0 if that works. The file is gone afterwards.
    private func writingError(_ directory: String) -> CInt {
        var name = Array((directory + "/.doctor-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return errno }
        defer {
            close(descriptor)
            unlink(name)
        }
        let block = [UInt8](repeating: 0, count: 4096)
        let count = write(descriptor, block, block.count)
        return count == block.count ? 0 : count < 0 ? errno : ENOSPC
    }

    // MARK: systemd

    /// nil where there is no systemd.
    func unit(_ name: String) -> LineFacts.Unit? {
        let properties =
            "Id,LoadState,ActiveState,SubState,Result,UnitFileState,StatusText,MainPID,NRestarts,ActiveEnterTimestampMonotonic"
        let target = SystemdUnit.target
        guard let text = ProgramOutput.of(["systemctl", "show", "--property=\(properties)", name, target]) else {
            return nil
        }
        let units = Self.units(text)
        guard let unit = units.first(where: { $0["Id"] == name }) else { return nil }
        let targetState = units.first { $0["Id"] == target }?["UnitFileState"] ?? ""
        var found = LineFacts.Unit(
            properties: unit,
            isTargetEnabled: ["enabled", "enabled-runtime"].contains(targetState)
        )
        found.activeSeconds = Self.secondsSince(monotonic: unit["ActiveEnterTimestampMonotonic"])
        if found.hasEnded || found.keepsRestarting { found.lastWords = lastWords(of: name) }
        return found
    }

    /// - Parameter text: microseconds of CLOCK_MONOTONIC; 0 for never.
    private static func secondsSince(monotonic text: String?) -> Int? {
        guard let microseconds = text.flatMap({ Int($0) }), microseconds > 0 else { return nil }
        var now = timespec()
        guard clock_gettime(CLOCK_MONOTONIC, &now) == 0 else { return nil }
        return now.tv_sec - microseconds / 1_000_000
    }

    /// Blocks of `NAME=value` lines with an empty line between.
    static func units(_ text: String) -> [[String: String]] {
        text.split(separator: "\n\n").map { block in
            let pairs = block.split(separator: "\n").compactMap { line -> (String, String)? in
                guard let sign = line.firstIndex(of: "=") else { return nil }
                return (String(line[..<sign]), String(line[line.index(after: sign)...]))
            }
            return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
    }

    /// What the unit itself said last, with its numbers masked: it may go to anyone who is asked for help.
    private func lastWords(of unit: String) -> String? {
        let answer = ProgramOutput.of(["journalctl", "_SYSTEMD_UNIT=\(unit)", "--lines=1", "--output=cat", "--quiet"])
        return answer?.split(separator: "\n").last.map { NumberMask(.masked).masked(String($0), as: .logLine) }
    }

    // MARK: The modem's port

    func port(_ report: PortReport, isService: Bool) -> LineFacts.Port {
        let control = report.port.sysfsPath.flatMap(usbDevice).map { $0 + "/power/control" }
        return LineFacts.Port(
            report: report,
            foreignGroup: isService ? foreignGroup(of: report.port.node) : nil,
            powerControlFile: control,
            powerControl: control.flatMap { try? SmallFile.read($0, limit: 4096) }
                .map { String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
        )
    }

    /// The folder in sysfs of the USB device that the port is of.
    private func usbDevice(_ sysfsPath: String) -> String? {
        var path = sysfsPath
        while let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            if SmallFile.exists(path + "/idVendor") { return path }
            path = String(path[..<slash])
        }
        return nil
    }

    /// nil if the units' user, who is in dialout, may open the port.
    private func foreignGroup(of node: String) -> String? {
        var status = stat()
        guard stat(node, &status) == 0 else { return nil }
        let name = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
        let isOpenToAll = status.st_mode & 0o006 == 0o006
        let isOpenToGroup = name == "dialout" && status.st_mode & 0o060 == 0o060
        return isOpenToAll || isOpenToGroup ? nil : name
    }

    /// nil where the kernel's log cannot be read, or the port is not on the USB.
    func disconnects(of port: DiscoveredModem) -> Int? {
        guard let path = port.sysfsPath.flatMap(usbDevice), let slash = path.lastIndex(of: "/") else { return nil }
        let words = ["journalctl", "--dmesg", "--since=-1h", "--output=cat", "--quiet", "--no-pager"]
        return ProgramOutput.of(words).map { log in
            let message = "usb \(path[path.index(after: slash)...]): USB disconnect"
            return log.split(separator: "\n").count { $0.hasPrefix(message) }
        }
    }
}
