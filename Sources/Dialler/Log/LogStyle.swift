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
