import ModemCore

/// What a person tells the console itself, not the modem: a line that begins with a slash.
enum ConsoleOrder: Equatable, Sendable {
    case help
    case explain, hex, time
    /// The control lines as they are.
    case lines
    case dtr(Bool), rts(Bool)
    /// Bytes for the modem, without a line end of ours.
    case raw([UInt8])
    /// Exclusive use of the modem, begun or ended.
    case take, release
    /// Write what is shown to this file too, or no longer; nil asks.
    case log(Logging?)
    /// An empty screen.
    case clear
    case quit
    /// Not understood; a sentence that says what would be.
    case unknown(String)

    enum Logging: Equatable, Sendable {
        case to(String)
        case off
    }

    static let words = [
        "/clear", "/dtr", "/explain", "/help", "/hex", "/lines", "/log", "/quit", "/raw", "/release", "/rts", "/take",
        "/time",
    ]

    /// Words that need no slash: no AT command begins like one of them.
    private static let plainWords = ["?": "/help", "help": "/help", "quit": "/quit", "exit": "/quit", "bye": "/quit"]

    static let helpRows = [
        "Lines are sent to the modem. Commands of the console begin with a slash:",
        "/explain         explanations on or off",
        "/hex             bytes on or off",
        "/time            time of day, or time since the line before",
        "/log FILE        writes all that is shown to FILE too; /log off ends it",
        "/clear           clears the screen",
        "/take            exclusive use of the modem; /release gives it back",
        "With --device also:",
        "/lines           the modem's signals: DTR, RTS, CTS, DSR, DCD, RI",
        "/dtr on|off      raises or drops DTR; /rts likewise",
        "/raw TEXT        without line end; knows \\r \\n \\e \\x1A",
        "/quit            ends, as do quit, Ctrl-D, and Ctrl-C on an empty line",
    ]

    /// - Returns: nil for a line that goes to the modem.
    static func typed(_ line: String) -> ConsoleOrder? {
        if line.hasPrefix("/") { return ConsoleOrder(line) }
        return plainWords[line.lowercased()].map { ConsoleOrder($0) }
    }

    /// Whether a line that begins like this may go to a running line's modem.
    static func mayBecomeCommand(_ begun: String) -> Bool {
        let start = begun.drop(while: \.isWhitespace).prefix(2).uppercased()
        return !start.isEmpty && "AT".hasPrefix(start)
    }

    /// - Parameter line: with its slash.
    init(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.dropFirst().first
        switch (words.first, rest) {
        case ("/help", nil), ("/?", nil): self = .help
        case ("/explain", nil): self = .explain
        case ("/hex", nil): self = .hex
        case ("/time", nil): self = .time
        case ("/lines", nil): self = .lines
        case ("/take", nil): self = .take
        case ("/release", nil): self = .release
        case ("/clear", nil): self = .clear
        case ("/log", nil): self = .log(nil)
        case ("/log", "off"): self = .log(.off)
        case ("/log", let file?): self = .log(.to(file.trimmed))
        case ("/quit", nil), ("/exit", nil): self = .quit
        case ("/dtr", "on"), ("/dtr", "off"): self = .dtr(rest == "on")
        case ("/rts", "on"), ("/rts", "off"): self = .rts(rest == "on")
        case ("/raw", let text?):
            self = Self.bytes(text).map { .raw($0) } ?? .unknown("/raw knows \\r \\n \\e \\\\ and \\x1A")
        case (let word?, _) where Self.words.contains(word): self = .unknown("/help shows how \(word) is written")
        default: self = .unknown("there is no \(words.first ?? line): /help shows what there is")
        }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: "\\") else {
                bytes.append(first)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "e"): bytes.append(0x1B)
            case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x"):
                guard let byte = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2
                else {
                    return nil
                }
                bytes.append(byte)
                rest = rest.dropFirst(2)
            default: return nil
            }
        }
        return bytes
    }
}
