import Glibc
package import Logging
import Synchronization

/// Writes each log event as one line to standard error: time, level, message, then `key=value` metadata.
///
/// Text from outside can do no harm in it: control characters are made visible, a line is bounded, and one event is
/// one line. The values of `number` and `at.line` are masked by ``NumberMask``.
package struct DiallerLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let style: LogStyle
    private let mask: NumberMask
    private let clock: @Sendable () -> WallClockTime
    private let sink: @Sendable ([UInt8]) -> Bool
    private let lost = LostLines()

    /// - Parameters:
    ///   - clock: the wall clock.
    ///   - sink: is given one whole line at a time, line end included; called on the thread that logs. False when it did not
    ///     take the line: such lines are counted, and the next one that is taken is told of them.
    package init(
        level: Logger.Level,
        numbers: NumberVisibility,
        style: LogStyle,
        clock: @escaping @Sendable () -> WallClockTime = WallClockTime.now,
        sink: @escaping @Sendable ([UInt8]) -> Bool = Self.writeToStandardError
    ) {
        logLevel = level
        mask = NumberMask(numbers)
        self.style = style
        self.clock = clock
        self.sink = sink
    }

    /// One entry of what goes with every line.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let given = event.metadata { merged.merge(given) { _, new in new } }
        if let error = event.error { merged["error"] = "\(error)" }
        let count = lost.count
        if count > 0 {
            guard write(.warning, "dropped \(count) log lines: the reader is too slow", [:]) else { return lost.add(1) }
            lost.add(-count)
        }
        if !write(event.level, event.message.description, merged) { lost.add(1) }
    }

    private func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> Bool {
        sink(LogLine(level: level, message: message, metadata: metadata, time: clock(), style: style, mask: mask).bytes)
    }

    /// Writes the line in one call of write(2), unless that would have to wait for a reader: the log must not hold up a call.
    ///
    /// A line fits into what poll(2) calls writable, in a pipe (PIPE_BUF) as in a socket.
    /// - Returns: false when the reader had no room for it.
    package static func writeToStandardError(_ line: [UInt8]) -> Bool {
        while true {
            var entry = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            if poll(&entry, 1, 0) == 0 { return false }
            let result = Glibc.write(STDERR_FILENO, line, line.count)
            guard result < 0, errno == EINTR else { return result >= 0 || errno != EAGAIN }
        }
    }
}

/// How many lines were lost, for all copies of one handler.
private final class LostLines: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add(_ change: Int) {
        number.add(change, ordering: .relaxed)
    }
}
