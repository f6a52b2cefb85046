import Dialler
import Glibc

/// `status --watch` of several lines: the table on a screen that follows them, or one line of text for each change where there
/// is no screen.
struct OverviewWatch {
    private typealias Instant = ContinuousClock.Instant

    /// How often lines that were set up or removed meanwhile are looked for.
    private static let searchInterval: Duration = .seconds(2)

    private var followers: [LineFollower]
    private let showsJSON: Bool
    private let hasBell: Bool
    private var bell = WatchBell()
    private var nextSearch = Instant.now + searchInterval
    /// Rows of the screen that are passed over.
    private var scroll = 0

    init(_ followers: [LineFollower], showsJSON: Bool, hasBell: Bool) {
        self.followers = followers
        self.showsJSON = showsJSON
        self.hasBell = hasBell
    }

    /// Returns when the person quits, or nobody reads any more.
    /// - Parameter search: finds the lines that there are; none when it cannot.
    consuming func run(search: () throws -> [LocatedLine]) {
        if TerminalScreen.isThere, !showsJSON { runScreen(search) } else { runLines(search) }
    }

    private var views: [LineView] { followers.map { LineView($0) } }

    private mutating func act(_ search: () throws -> [LocatedLine]) {
        if .now >= nextSearch {
            nextSearch = .now + Self.searchInterval
            if let lines = try? search(), !lines.isEmpty, lines != followers.map(\.line) {
                followers = lines.map { line in
                    followers.first { $0.line == line } ?? LineFollower(line, isWatching: true)
                }
            }
        }
        for follower in followers { follower.act() }
    }

    // MARK: A screen

    private mutating func runScreen(_ search: () throws -> [LocatedLine]) {
        let screen = TerminalScreen()
        defer { screen.leave() }
        while !screen.isEnding {
            act(search)
            show(on: screen)
            if hasBell, bell.rings(views) { StandardOutput.write(controls: "\u{07}") }
            let input = pollfd(fd: screen.hasKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0)
            // The clock on the screen goes on each second.
            let second = Duration.milliseconds(1000 - WallClockTime.now().milliseconds)
            guard followers.wait(for: second, or: [input]) else { continue }
            guard let keys = screen.keys(), !ScreenKey.quits(keys) else { return }
            for key in ScreenKey.keys(in: keys) { move(key) }
        }
    }

    private mutating func move(_ key: ScreenKey) {
        switch key {
        case .up: scroll -= 1
        case .down: scroll += 1
        case .pageUp: scroll -= max(1, TerminalScreen.size.rows - 6)
        case .pageDown: scroll += max(1, TerminalScreen.size.rows - 6)
        case .character: break
        }
    }

    private mutating func show(on screen: TerminalScreen) {
        let size = TerminalScreen.size
        let clock = WallClockTime.now().local.clock
        let lines = Self.screen(views, size: size, clock: clock, scroll: &scroll)
        screen.show(lines, isColoured: StandardOutput.isColoured)
    }

    /// No more lines than there are rows, each shorter than a row. The heading stays, what is under it scrolls.
    static func screen(
        _ views: [LineView],
        size: TerminalScreen.Size,
        clock: String,
        scroll: inout Int
    ) -> [ScreenLine] {
        let width = max(1, size.columns - 1)
        let overview = StatusOverview(views, width: size.columns)
        var title = overview.summary
        title.pad(to: width - clock.count)
        title.append(clock)
        let table = overview.table
        let body = table.dropFirst() + overview.details
        let top = [title, ScreenLine()] + table.prefix(1)
        let room = max(0, size.rows - top.count - 1)
        scroll = max(0, min(scroll, body.count - room))
        let shown = body.dropFirst(scroll).prefix(room)
        let below = body.count - scroll - shown.count
        let hint = body.count > room ? "; arrow keys scroll, \(below) more rows below" : ""
        let padding = Array(repeating: ScreenLine(), count: room - shown.count)
        let lines = top + shown + padding + [ScreenLine("q quits\(hint)", .dim)]
        return lines.prefix(size.rows).map { $0.cut(to: width) }
    }

    // MARK: Lines

    private mutating func runLines(_ search: () throws -> [LocatedLine]) {
        var last: [String: String] = [:]
        while true {
            act(search)
            for view in views.worstFirst {
                let text = text(of: view)
                if text != last[view.name] { show(text) }
                last[view.name] = text
            }
            // Standard output is ready when nobody reads it any more.
            let output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            if followers.wait(for: .seconds(1), or: [output]) { return }
        }
    }

    private func text(of view: LineView) -> String {
        if showsJSON { return view.json }
        let call = view.report?.call.map { call in
            " Call: \(call.direction)\(call.number.map { " \($0)" } ?? ""), \(call.state)."
        }
        return "\(view.name): \(view.sentence)\(call ?? "")"
    }

    private func show(_ text: String) {
        StandardOutput.write(line: showsJSON ? text : "\(WallClockTime.now().local.clock)  \(text)")
    }
}
