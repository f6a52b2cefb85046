import Dialler
import Glibc
import ModemCore

/// The console at work: one thread, which waits for the source, for keys, for signals and for the time at once.
final class ConsoleSession {
    private let source: any ConsoleSource
    private let editor: ConsoleEditor?
    private let signals: SignalPipe?
    private var log: ConsoleLog?
    private let recording: ConsoleRecording?
    private var view: ConsoleView
    private var isOver = false

    init(source: any ConsoleSource, view: ConsoleView, log: ConsoleLog?, recording: ConsoleRecording?) {
        signals = SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGWINCH])
        self.source = source
        self.view = view
        self.log = log
        self.recording = recording
        editor = ConsoleEditor()
    }

    /// Until a person or a signal ends it.
    func run(greeting: [ConsoleEvent]) {
        guard let editor else {
            // Without a terminal there is nobody to type: it only watches.
            show(greeting)
            while !isOver { _ = wait(isTyping: false) }
            return
        }
        editor.prompt = { [unowned self] in source.prompt }
        editor.completions = { typed in
            typed.hasPrefix("/")
                ? ConsoleOrder.words.filter { $0.hasPrefix(typed) && $0 != typed }
                : ATCommandCatalog.completions(of: typed)
        }
        editor.waitForKey = { [unowned self] in nextKey() }
        let hint = ConsoleEvent(.note("/help lists the commands of the console; Ctrl-D ends it"))
        show(greeting + [hint])
        while !isOver, let line = editor.readLine() { typed(line) }
    }

    // MARK: What a person types

    private func typed(_ line: String) {
        let line = line.trimmed
        if line.isEmpty { return }
        // A PIN is not for the history.
        if NumberMask(.full).masked(line, as: .atLine) == line { editor?.remember(line) }
        guard let order = ConsoleOrder.typed(line) else { return show(source.send(line)) }
        if let events = source.perform(order) { return show(events) }
        switch order {
        case .help: show(ConsoleOrder.helpRows.map { ConsoleEvent(.note($0)) })
        case .explain: toggle(\.isExplaining, "explanations")
        case .hex: toggle(\.isHex, "bytes")
        case .time: view.clock = view.clock == .absolute ? .sinceLast : .absolute
        case .log(let logging): setLog(logging)
        case .clear: editor?.clear()
        case .quit: isOver = true
        case .unknown(let sentence): show([ConsoleEvent(.warning(sentence))])
        case .lines, .dtr, .rts, .raw:
            show([ConsoleEvent(.warning("\(line) needs the port itself: console --device, with no line running"))])
        case .take, .release: show([ConsoleEvent(.note("the port is open for this console alone: no line is running"))])
        }
    }

    private func setLog(_ logging: ConsoleOrder.Logging?) {
        switch logging {
        case nil:
            let state = log.map { "writing a log to \($0.path)" } ?? "no log is written: /log FILE"
            show([ConsoleEvent(.note(state))])
        case .off:
            let ended = log.map { "the log \($0.path) is complete" } ?? "no log was written"
            log = nil
            show([ConsoleEvent(.note(ended))])
        case .to(let path):
            do throws(ConsoleFileError) {
                log = try ConsoleLog(path)
                show([ConsoleEvent(.note("writing a log to \(path)"))])
            } catch {
                show([ConsoleEvent(.warning("\(error)"))])
            }
        }
    }

    private func toggle(_ member: WritableKeyPath<ConsoleView, Bool>, _ what: String) {
        view[keyPath: member].toggle()
        show([ConsoleEvent(.note("\(what) \(view[keyPath: member] ? "on" : "off")"))])
    }

    private func nextKey() -> UInt8? {
        if let text = editor?.text, ConsoleOrder.mayBecomeCommand(text) { show(source.typingBegan()) }
        while !isOver {
            guard wait(isTyping: true) else { continue }
            var key: UInt8 = 0
            let count = read(STDIN_FILENO, &key, 1)
            if count == 1 { return key }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return nil
        }
        return nil
    }

    // MARK: Waiting

    /// Waits for something to happen and shows it.
    /// - Returns: true when a key can be read.
    private func wait(isTyping: Bool) -> Bool {
        var entries = [
            pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: source.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isTyping ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            // Without events asked for it tells that nobody reads any more.
            pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
        ]
        let left = source.nextTick.map { ContinuousClock.now.duration(to: $0).roundedMilliseconds }
        let timeout = left.map { max(0, min(60_000, $0)) }
        guard poll(&entries, nfds_t(entries.count), CInt(timeout ?? -1)) >= 0 else { return false }
        if entries[0].revents != 0 { signalsCame() }
        if entries[3].revents != 0 { isOver = true }
        var events = entries[1].revents != 0 ? source.receive() : []
        if let tick = source.nextTick, tick <= .now { events += source.tick() }
        show(events)
        return entries[2].revents != 0
    }

    private func signalsCame() {
        for signal in signals?.read() ?? [] {
            if signal == SIGWINCH {
                editor?.resize()
            } else {
                isOver = true
            }
        }
    }

    // MARK: Showing

    private func show(_ events: [ConsoleEvent]) {
        guard !events.isEmpty else { return }
        let complaints = events.flatMap { event in
            [log?.write(event, profile: source.profile, as: view), recording?.write(event)].compactMap { $0 }
        }
        // One less than there are: the last column makes terminals wrap.
        let width = (editor?.columns ?? StandardOutput.width).map { $0 - 1 } ?? 10_000
        let rows = (events + complaints).flatMap { event in
            isWorthARow(event) ? view.rows(for: event, profile: source.profile, width: width) : []
        }
        if let editor {
            editor.show(rows)
        } else {
            for row in rows { StandardOutput.write(row: row) }
        }
    }

    /// Line ends alone are for those who want to see bytes.
    private func isWorthARow(_ event: ConsoleEvent) -> Bool {
        if case .received("", _) = event.content { view.isHex } else { true }
    }
}
