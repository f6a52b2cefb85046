import Dialler
import Glibc
import PatriotCore

/// `status --watch`: the line on a screen that follows it, or one line of text for each change where there is no screen.
struct StatusWatch {
    private let follower: LineFollower
    private let showsJSON: Bool
    private let hasBell: Bool

    init(_ follower: LineFollower, showsJSON: Bool, hasBell: Bool) {
        self.follower = follower
        self.showsJSON = showsJSON
        self.hasBell = hasBell
    }

    /// Returns when the person leaves, or nobody reads any more.
    func run() {
        if TerminalScreen.isThere, !showsJSON { runScreen() } else { runLines() }
    }

    // MARK: A screen

    private func runScreen() {
        let screen = TerminalScreen()
        defer { screen.leave() }
        var dialogue = WatchDialogue()
        var bell = WatchBell()
        while !screen.isEnding {
            follower.act()
            if let failure = follower.orderFailure, !failure.isEmpty { dialogue.failed(failure) }
            show(on: screen, dialogue)
            if hasBell, bell.rings([LineView(follower)]) { StandardOutput.write(controls: "\u{07}") }
            let ready = wait(for: screen.hasKeys ? STDIN_FILENO : -1, until: nextSecond)
            guard ready else { continue }
            guard let bytes = screen.keys() else { return }
            for key in ScreenKey.keys(in: bytes) {
                switch dialogue.typed(key, isRinging: follower.report?.call?.isRinging == true) {
                case .quit: return
                case .hangUp: follower.order(.hangUp)
                case .answer: follower.order(.answer)
                case nil: follower.forgetOrder()
                }
            }
        }
    }

    private func show(on screen: TerminalScreen, _ dialogue: WatchDialogue) {
        guard let report = follower.report else { return }
        let scene = StatusScreen.Scene(
            report: report,
            age: Int(follower.age.components.seconds),
            obstacle: follower.obstacle.map { "\($0)" },
            clock: WallClockTime.now().local.clock,
            footer: dialogue.footer,
            showsHelp: dialogue.showsHelp
        )
        let lines = StatusScreen(scene, size: TerminalScreen.size, isUTF8: StandardOutput.isUTF8).lines
        screen.show(lines, isColoured: StandardOutput.isColoured)
    }

    /// When the clocks on the screen go on.
    private var nextSecond: Duration {
        .milliseconds(1000 - WallClockTime.now().milliseconds)
    }

    // MARK: Lines

    private func runLines() {
        var last = ""
        while true {
            follower.act()
            let text = line
            if text != last { show(text) }
            last = text
            // Standard output is ready when nobody reads it any more.
            if wait(for: -1, until: .seconds(1), output: STDOUT_FILENO) { return }
        }
    }

    private var line: String {
        guard let report = follower.report else { return "" }
        if let obstacle = follower.obstacle {
            guard showsJSON else { return "waiting for the line: \(obstacle)" }
            return "\(JSONText.object([("waiting", .string("\(obstacle)"))]))"
        }
        if showsJSON { return report.jsonLine }
        let call = report.call.map { call in
            " Call: \(call.direction)\(call.number.map { " \($0)" } ?? ""), \(call.state)."
        }
        let complaints = report.complaints.map { " " + $0 }.joined()
        return "\(report.line): \(report.sentence)\(call ?? "")\(complaints)"
    }

    private func show(_ text: String) {
        StandardOutput.write(row: showsJSON ? text : "\(WallClockTime.now().local.clock)  \(text)")
    }

    // MARK: Waiting

    /// Until the line sends something, a signal or the time comes, or one of these is ready, and then true.
    private func wait(for input: CInt, until limit: Duration, output: CInt = -1) -> Bool {
        [follower].wait(
            for: limit,
            or: [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                // Only errors.
                pollfd(fd: output, events: 0, revents: 0),
            ]
        )
    }
}
