/// What a person tells the console itself, not the modem: a line that begins with a slash.
enum ConsoleOrder: Equatable, Sendable {
    case help
    case explain, hex, time
    /// The control lines as they are.
    case lines
    case dtr(Bool), rts(Bool)
    /// Bytes for the modem, without a line end of ours.
    case raw([UInt8])
    /// The modem is the line's again.
    case release
    case quit
    /// Not understood; a sentence that says what would be.
    case unknown(String)

    static let words = ["/dtr", "/explain", "/help", "/hex", "/lines", "/quit", "/raw", "/release", "/rts", "/time"]

    static let helpRows = [
        "A line goes to the modem, unless it begins with a slash:",
        "/explain         what each line means, beside it",
        "/hex             bytes",
        "/time            time of day, or since the line before",
        "/release         gives the modem back to the running line",
        "With --device:",
        "/lines           the control lines",
        "/dtr on|off      raises or drops DTR; /rts likewise",
        "/raw TEXT        without line end; knows \\r \\n \\e \\x1A",
        "/quit            ends, as Ctrl-D does, and Ctrl-C on an empty line",
    ]

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
        case ("/release", nil): self = .release
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
