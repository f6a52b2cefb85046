import Glibc

/// How log lines look, which depends on who reads them.
package enum LogStyle: Equatable, Sendable {
    /// For systemd's journal, which adds the time: `<6>info: …` (sd-daemon(3)).
    case journal
    /// With the time in UTC; in colour on a terminal.
    case text(isColored: Bool)

    /// The style for the process's standard error.
    ///
    /// The journal's if `JOURNAL_STREAM` names standard error's device and inode (systemd.exec(5)). Colour only on a
    /// terminal, unless `NO_COLOR` says otherwise or `TERM` is `dumb`.
    package static func forStandardError(environment: [String: String]) -> LogStyle {
        if let stream = environment["JOURNAL_STREAM"], stream == identity(of: STDERR_FILENO) { return .journal }
        let isRefused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return .text(isColored: !isRefused && isatty(STDERR_FILENO) == 1)
    }

    /// `DEVICE:INODE` in decimal, as systemd writes it.
    static func identity(of descriptor: Int32) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }
}

/// A moment of the wall clock, for log lines only.
package struct WallClockTime: Equatable, Sendable {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var seconds: Int
    /// 0...999.
    package var milliseconds: Int

    package init(seconds: Int, milliseconds: Int) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    package static func now() -> WallClockTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClockTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// `2026-11-22T09:05:07.042Z`
    var text: String {
        var time = seconds
        var parts = tm()
        gmtime_r(&time, &parts)
        let date = "\(parts.tm_year + 1900)-\(Self.two(parts.tm_mon + 1))-\(Self.two(parts.tm_mday))"
        let clock = "\(Self.two(parts.tm_hour)):\(Self.two(parts.tm_min)):\(Self.two(parts.tm_sec))"
        let fraction = String(String(1000 + milliseconds).suffix(3))
        return "\(date)T\(clock).\(fraction)Z"
    }

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
