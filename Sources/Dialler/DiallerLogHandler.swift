import Glibc
package import Logging

/// Writes each log event as one line to standard error: time, level, message, then `key=value` metadata.
///
/// Text from outside can do no harm in it: control characters are made visible, a line is bounded, and one event is
/// one line. The values of `number`, `at.line` and `patriot.message` are masked by ``NumberMask``.
package struct DiallerLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let style: LogStyle
    private let mask: NumberMask
    private let clock: @Sendable () -> WallClockTime
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - clock: the wall clock.
    ///   - sink: is given one whole line at a time, line end included; called on the thread that logs.
    package init(
        level: Logger.Level,
        numbers: NumberVisibility,
        style: LogStyle,
        clock: @escaping @Sendable () -> WallClockTime = WallClockTime.now,
        sink: @escaping @Sendable ([UInt8]) -> Void = Self.writeToStandardError
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
        let line = LogLine(
            level: event.level,
            message: event.message.description,
            metadata: merged,
            time: clock(),
            style: style,
            mask: mask
        )
        sink(line.bytes)
    }

    /// Writes the line in one call of write(2). A line that the reader has no room for is lost rather than waited for
    /// when standard error does not block: the log must not hold up a call.
    package static func writeToStandardError(_ line: [UInt8]) {
        while true {
            let result = write(STDERR_FILENO, line, line.count)
            guard result < 0, errno == EINTR else { return }
        }
    }
}
