import Basics
import Glibc
import ModemCore
import NIOOpenSSL
import SerialDevice

/// Why a text is not a value for its key; the message also says what would be one, and fits behind `KEY: `.
package struct InvalidValue: Error, Equatable, Sendable {
    /// Without the key, and without its end.
    package var message: String
    /// What is wrong with the file of a secret, when that is the reason.
    package var secretFault: SecretFault?

    package init(_ message: String, secretFault: SecretFault? = nil) {
        self.message = message
        self.secretFault = secretFault
    }
}

/// From the text of a key to its value.
enum ConfigurationValues {
    /// A decimal number without sign, in the range.
    static func number(_ text: String, in range: ClosedRange<Int>) throws(InvalidValue) -> Int {
        if text.utf8.allSatisfy(isDigit), let number = Int(text), range.contains(number) { return number }
        throw InvalidValue(
            "\(quoted(text)) is not a number from \(range.lowerBound) to \(range.upperBound)" + commentHint(text)
        )
    }

    /// One of the words; case does not count.
    static func choice<Value>(_ text: String, _ values: [(word: String, value: Value)]) throws(InvalidValue) -> Value {
        let word = text.lowercased()
        if let match = values.first(where: { $0.word == word }) { return match.value }
        let allowed = values.map(\.word).joined(separator: ", ")
        throw InvalidValue("\(quoted(text)) is not one of: \(allowed)" + commentHint(text))
    }

    /// One of the cases of an enumeration whose raw values are the words.
    static func choice<Value>(_ text: String, of type: Value.Type) throws(InvalidValue) -> Value
    where Value: CaseIterable & RawRepresentable<String> {
        try choice(text, Value.allCases.map { ($0.rawValue, $0) })
    }

    /// yes or no, also spelled true, false, on, off, 1 and 0.
    static func isYes(_ text: String) throws(InvalidValue) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "on", "1": return true
        case "no", "false", "off", "0": return false
        default: throw InvalidValue("\(quoted(text)) is neither yes nor no" + commentHint(text))
        }
    }

    /// A host name as DNS and certificates have it.
    static func hostName(_ text: String) throws(InvalidValue) -> String {
        let isName = text.utf8.count <= 253 && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-.".holds($0) }
        let hasLabels = text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        }
        if isName && hasLabels { return text }
        throw InvalidValue(
            "\(quoted(text)) is not a host name: write the name alone, without wss://, port or path"
                + commentHint(text)
        )
    }

    /// A host name or an IPv4 or IPv6 address; a port may follow (`HOST:PORT`, `[IPV6]:PORT`).
    static func address(_ text: String) throws(InvalidValue) -> String {
        if isIPv6(text[...]) { return text }
        let mistake = InvalidValue(
            "\(quoted(text)) is not a host name or an address: write HOST, HOST:PORT or, for IPv6 with a port, [ADDRESS]:PORT"
        )
        guard let colon = text.lastIndex(of: ":") else { return try hostName(text) }
        let host = text[..<colon]
        guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { throw mistake }
        if host.hasPrefix("["), host.hasSuffix("]"), isIPv6(host.dropFirst().dropLast()) { return text }
        guard !host.contains(":"), (try? hostName(String(host))) != nil else { throw mistake }
        return text
    }

    /// `PORT`, `ADDRESS:PORT` or `[IPV6]:PORT`: where to listen; the address is nil for all of this computer.
    static func listenPlace(_ text: String) throws(InvalidValue) -> (address: String?, port: Int) {
        let mistake = InvalidValue(
            "\(quoted(text)) is not a place to listen on: write PORT, ADDRESS:PORT or [IPV6]:PORT, for example 9010"
                + commentHint(text)
        )
        let colon = text.lastIndex(of: ":")
        let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard digits.utf8.allSatisfy(isDigit), let port = UInt16(digits), port > 0 else { throw mistake }
        guard let colon, colon != text.startIndex else { return (nil, Int(port)) }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            guard isIPv6(address) else { throw mistake }
            return (String(address), Int(port))
        }
        var storage = in_addr()
        guard inet_pton(AF_INET, String(host), &storage) == 1 else { throw mistake }
        return (String(host), Int(port))
    }

    private static func isIPv6(_ text: Substring) -> Bool {
        var storage = in6_addr()
        return inet_pton(AF_INET6, String(text), &storage) == 1
    }

    /// The path of a URL: begins with a slash, visible ASCII without `#`.
    static func urlPath(_ text: String) throws(InvalidValue) -> String {
        let isPath =
            text.hasPrefix("/") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
        if isPath { return text }
        throw InvalidValue("\(quoted(text)) is not a path: it must begin with / and hold no spaces" + commentHint(text))
    }

    /// `sha256/BASE64` pins, separated by commas, at least one.
    static func pins(_ text: String) throws(InvalidValue) -> [SPKIPin] {
        var pins: [SPKIPin] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.trimmingSpaces()
            guard let pin = SPKIPin(word) else {
                throw InvalidValue(
                    "\(quoted(word)) is not a pin: write sha256/ and the 44 characters of the public key's SHA-256 "
                        + "in base64, several pins with commas between them"
                )
            }
            if !pins.contains(pin) { pins.append(pin) }
        }
        return pins
    }

    /// `auto`, the whole path of a device node, `usb:VID:PID[:SERIAL]` or `path:ID_PATH`.
    static func modem(_ text: String) throws(InvalidValue) -> ModemSelector {
        if let selector = ModemSelector(text) { return selector }
        if text.hasPrefix("usb:") {
            throw InvalidValue(
                "\(quoted(text)) does not name a USB device: write usb:VID:PID or usb:VID:PID:SERIAL with four hexadecimal "
                    + "digits each, for example usb:2c7c:0125" + commentHint(text)
            )
        }
        let example = text.hasPrefix("tty") ? "/dev/\(visible(text))" : "/dev/serial/by-id/…"
        throw InvalidValue(
            "\(quoted(text)) is neither auto, usb:VID:PID, path:ID_PATH nor an absolute path: write for example \(example)"
        )
    }

    /// A directory's whole path. systemd gives a list with colons when a unit has several: the first is ours.
    static func directory(_ text: String) throws(InvalidValue) -> String {
        let first = text.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        if first.hasPrefix("/") { return first }
        throw InvalidValue("\(quoted(text)) is not an absolute path")
    }

    /// A speed that a serial line can be set to.
    static func baudRate(_ text: String) throws(InvalidValue) -> Int {
        let baudRates = LineSettings.supportedBaudRates
        if text.utf8.allSatisfy(isDigit), let rate = Int(text), baudRates.contains(rate) { return rate }
        let allowed = baudRates.map(String.init).joined(separator: ", ")
        throw InvalidValue("\(quoted(text)) is not one of the speeds \(allowed)" + commentHint(text))
    }

    /// AT lines separated by `|`; `;` and `,` belong to the lines (V.250 5.4.1).
    ///
    /// A line is at most 200 visible ASCII characters. One that dials is refused, and one that answers unless it hangs up:
    /// initialization runs by itself, at any hour.
    static func atLines(_ text: String, isHangUp: Bool = false) throws(InvalidValue) -> [String] {
        let lines = text.split(separator: "|").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
        for (index, line) in lines.enumerated() {
            guard line.utf8.count <= 200, line.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw InvalidValue("a command is longer than 200 characters or not plain ASCII: correct it")
            }
            // The name of a step may look like a command.
            if isHangUp { guard case .command = HangUpRung(site: line).means else { continue } }
            let parts = OperatorCommand.parts(of: line.uppercased().hasPrefix("AT") ? line.dropFirst(2) : line[...])
            // The line itself may hold somebody's number.
            let name = lines.count == 1 ? "its command" : "its command number \(index + 1)"
            if parts.contains(where: { $0 == "D" || OperatorCommand.hidesBasicCommand($0) && $0.contains("D") }) {
                throw InvalidValue("\(name) would dial: leave out D and what follows, only Patriot asks for calls")
            }
            if !isHangUp, parts.contains("A") {
                throw InvalidValue("\(name) would answer: leave out A, and write INCOMING=answer if that is meant")
            }
        }
        guard !lines.isEmpty else { throw InvalidValue("there is no command between the | characters: remove the key") }
        return lines
    }

    /// One AT line, as ``atLines(_:isHangUp:)`` takes it. Several lines are refused: `;` joins commands (V.250 5.4.1).
    static func atLine(_ text: String) throws(InvalidValue) -> String {
        let lines = try atLines(text)
        guard lines.count == 1 else { throw InvalidValue("takes one AT line: join the commands with ;, not with |") }
        return lines[0]
    }

    /// `off`, or the milliseconds between two questions.
    static func polling(_ text: String) throws(InvalidValue) -> ModemOptions.Polling {
        if text.lowercased() == "off" { return .off }
        return .interval(.milliseconds(try number(text, in: 200...60_000)))
    }

    /// Digits alone.
    static func digits(_ text: String, count: ClosedRange<Int>, example: String) throws(InvalidValue) -> String {
        if count.contains(text.utf8.count), text.utf8.allSatisfy(isDigit) { return text }
        throw InvalidValue(
            "\(quotedNumber(text)) is not \(count.lowerBound) to \(count.upperBound) digits: write for example \(example), "
                + "without + or spaces" + commentHint(text)
        )
    }

    /// What may stand before a number on an analog line: digits, `*`, `#`, the pause `,` and `W` (wait for dial tone).
    static func dialPrefix(_ text: String, example: String) throws(InvalidValue) -> String {
        let prefix = text.uppercased()
        if prefix.utf8.count <= 16, prefix.utf8.allSatisfy({ isDigit($0) || "*#,W".holds($0) }) { return prefix }
        throw InvalidValue(
            "\(quotedNumber(text)) is not a prefix: at most 16 of the characters 0-9 * # , (pause) W (wait for dial tone), "
                + "for example \(example)" + commentHint(text)
        )
    }

    /// The digits of a SIM's PIN, 4...8 of them (3GPP TS 31.101); the message never shows them.
    static func simPIN(_ secret: Secret) throws(InvalidValue) -> Secret {
        if (4...8).contains(secret.text.utf8.count), secret.text.utf8.allSatisfy(isDigit) { return secret }
        throw InvalidValue("the file does not hold 4 to 8 digits: write the SIM's PIN into it, and nothing else")
    }

    /// Of a number that stands where a part of one should, the last digits: the message may go to anyone who is asked for help.
    private static func quotedNumber(_ text: String) -> String {
        quoted(NumberMask(.masked).masked(text, as: .number))
    }

    /// The commonest slip: a comment behind the value.
    private static func commentHint(_ text: String) -> String {
        text.contains(" #") ? " (a # comment needs a line of its own)" : ""
    }
}

/// Whether the byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

extension String {
    fileprivate func holds(_ byte: UInt8) -> Bool {
        utf8.contains(byte)
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
