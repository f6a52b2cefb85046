import FoundationEssentials
import Glibc

/// What was told of each line, in a file that outlives the alert process.
package struct AlertMemory: Codable, Equatable, Sendable {
    /// One line as it is remembered.
    package struct Entry: Codable, Equatable, Sendable {
        /// What was told, and what is to be told.
        package var alert = LineAlert()
        /// Whether it has had a configuration file.
        package var isConfigured = false
        /// ``AlertTime/uptime`` when it was first found without configuration file and control socket.
        package var goneSince: Int?
    }

    /// By the line's name.
    package var lines: [String: Entry] = [:]
    /// The boot in which it was written.
    private var boot = Self.bootID()

    /// A line without configuration file and socket is remembered for so long, in milliseconds: it may have been started by hand.
    private static let memory = 86_400_000
    private static let maximumBytes = 16 << 20

    package init() {}

    /// Takes note of which lines there are, and forgets those that were removed.
    /// - Parameters:
    ///   - present: all that are configured or have a control socket.
    ///   - configured: those of them with a configuration file.
    package mutating func update(present: some Sequence<String>, configured: some Sequence<String>, at time: AlertTime)
    {
        let configured = Set(configured)
        for name in present {
            lines[name, default: Entry()].goneSince = nil
            if configured.contains(name) { lines[name]?.isConfigured = true }
        }
        for name in Set(lines.keys).subtracting(present) {
            guard let entry = lines[name] else { continue }
            let goneSince = entry.goneSince ?? time.uptime
            let isForgotten = entry.isConfigured || time.uptime - goneSince >= Self.memory
            lines[name]?.goneSince = goneSince
            if isForgotten { lines[name] = nil }
        }
    }

    /// - Returns: an empty one where there is no file.
    /// - Throws: ``FileReadingError``, or the decoder's error where the file is no such file.
    package static func read(_ path: String) throws -> AlertMemory {
        let bytes: [UInt8]
        do throws(FileReadingError) {
            bytes = try SmallFile.read(path, limit: maximumBytes).bytes
        } catch .notFound {
            return AlertMemory()
        }
        var memory = try JSONDecoder().decode(Self.self, from: Data(bytes))
        let boot = bootID()
        if memory.boot != boot || boot.isEmpty {
            memory.boot = boot
            for name in memory.lines.keys {
                memory.lines[name]?.alert.restartClock()
                if memory.lines[name]?.goneSince != nil { memory.lines[name]?.goneSince = 0 }
            }
        }
        return memory
    }

    /// Replaces the file: after a power cut either the old one is there or the new one.
    /// - Throws: ``FileWritingError``.
    package func write(_ path: String) throws(FileWritingError) {
        try StagedFile(for: path, bytes: controlLine(self), mode: 0o600).commit()
    }

    private static func bootID() -> String {
        (try? SmallFile.read("/proc/sys/kernel/random/boot_id", limit: 4096))
            .map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }
}

extension AlertTime {
    /// What the clocks show.
    package static func now() -> AlertTime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return AlertTime(wall: .now(), uptime: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }
}
