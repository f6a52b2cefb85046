import Basics
import ModemCore
import PatriotCore

@testable import Dialler

/// Foreign text in everything that is shown, logged, kept or written for a program: nothing hidden, no line or column that nobody
/// wrote, no formula, and no secret.
enum OutputFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        try checkScreens(text)
        try checkStatus(text)
        try checkEvents(text)
        try checkRecord(text)
        try checkCells(text)
        try checkNumbers(text)
        try checkCommand(text)
    }

    /// Decided here once more, without the code that makes text visible.
    private static func hides(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func isShown(_ shown: String, _ way: String) throws {
        try hold(!shown.unicodeScalars.contains(where: hides), "\(way) hides something: \(shown.debugDescription)")
    }

    private static func isOneLine(_ line: [UInt8], _ way: String) throws {
        try hold(line.last == UInt8(ascii: "\n"), "\(way): a line without an end")
        guard let shown = String(validating: line.dropLast(), as: UTF8.self) else {
            throw Broken(description: "\(way): not UTF-8")
        }
        try isShown(shown, way)
    }

    private static func checkScreens(_ text: String) throws {
        for (way, shown) in [
            ("visible", visible(text)), ("quoted", quoted(text)), ("foreign text", "\(ForeignText(text))"),
            ("a list", ForeignText.list([ForeignText(text), ForeignText(text)]) ?? ""),
            ("a word of a shell", shellQuoted(text)),
            ("a finding", Finding(.modemHeld, cause: text, remedy: text).cause),
            ("a name", LineDirectory.fault(inName: text) ?? ""),
            ("an old answer", "\(PatriotMessage.authenticationResponse(requestID: nil, success: false, error: text))"),
            ("an unknown type", "\(PatriotMessage.unknown(type: text))"),
        ] {
            try isShown(shown, way)
        }
        for line in visibleLines(text).split(separator: "\n") { try isShown(String(line), "visibleLines") }
        // Two scalars for the ellipsis and what is made visible are not counted.
        try hold(ForeignText(text).raw.unicodeScalars.count <= ForeignText.limit + 1, "foreign text that is not cut")
    }

    private static func checkStatus(_ text: String) throws {
        let last = StatusReport.LastCall(
            direction: text,
            number: text,
            result: text,
            reason: text,
            seconds: 1,
            answeredSeconds: nil,
            endedSecondsAgo: 1
        )
        let report = StatusReport(
            line: text,
            sentence: text,
            isReady: true,
            isReadySeconds: nil,
            modem: .init(
                port: text,
                profile: text,
                isReady: true,
                state: text,
                readiness: text,
                problem: text,
                remedy: text,
                sim: text,
                registration: text,
                operatorName: text
            ),
            patriot: .init(isAuthenticated: true, state: text, link: text, detail: text, seconds: 1),
            call: .init(direction: text, number: text, state: text, seconds: 1),
            lastCall: last,
            lastCalls: [last],
            redialLock: .init(number: text, secondsLeft: 1),
            lease: text,
            complaints: [text],
            counters: .init(results: [text: 1], recoveries: [text: 1]),
            latencies: .init(),
            upSeconds: 1,
            privateKilobytes: nil
        )
        try isShown(report.jsonLine, "a status")
        var reply = ControlMessage.Reply(id: 1, error: text)
        reply.status = report
        let message = ControlMessage(reply: reply)
        try isOneLine(message.line, "a reply")
        try hold(try ControlMessage(line: message.line) == message, "a reply comes back otherwise")
    }

    private static func checkEvents(_ text: String) throws {
        let event = ControlMessage.Event(kind: .received, time: 1, text: text)
        try isOneLine(ControlMessage(event: event).line, "an event")
        var transcript = ATTranscript()
        transcript.append(text, isSent: false, at: WallClockTime(seconds: 0, milliseconds: 0))
        for line in transcript.lines(masked: { NumberMask(.masked).masked($0, as: .atLine) }) {
            try isShown(line, "a transcript")
        }
        let pin = "8274"
        guard !text.contains(pin) else { return }
        let lines = [
            text, text + "+CPIN=\"\(pin)\"", "AT+CLCK=\"SC\",1,\"\(pin)\"\(text)", "ATD*04*0000*\(pin)*\(pin)#",
        ]
        for visibility in NumberVisibility.allCases {
            let reply = ControlMessage.Reply(ATReply(.timedOut, lines: lines), mask: NumberMask(visibility))
            let line = ControlMessage(reply: reply).line
            try isOneLine(line, "an answer")
            try hold(!String(decoding: line, as: UTF8.self).contains(pin), "the PIN in \(lines)")
        }
    }

    private static func checkRecord(_ text: String) throws {
        let subject = CallRecord.Subject(
            id: "1",
            line: text,
            direction: .inbound,
            number: text,
            dialled: text,
            requestedBy: .patriot
        )
        for event in [CallRecord.Event.refused(reason: text), .end(.init(result: "busy", reason: text))] {
            let json = CallRecord(subject, event, at: WallClockTime(seconds: 0, milliseconds: 0)).json.utf8
            try isOneLine(json + [UInt8(ascii: "\n")], "a record")
            try hold(json.count < CallRecord.lineLimit, "a record of \(json.count) bytes")
            try hold(CallRecord(line: json)?.subject.requestedBy == .patriot, "a record that cannot be read")
        }
    }

    /// Read as their readers do, byte by byte.
    private static func checkCells(_ text: String) throws {
        for cell in [csvCell(text), csvCell(number: text)] {
            try isShown(cell, "a cell")
            let bytes = Array(cell.utf8)
            let isQuoted = bytes.first == UInt8(ascii: "\"")
            let content = isQuoted ? bytes.dropFirst().dropLast() : bytes[...]
            var pending = 0
            for byte in content {
                if byte == UInt8(ascii: "\"") {
                    pending += 1
                } else {
                    try hold(pending % 2 == 0, "a quote ends \(cell)")
                }
                if byte != UInt8(ascii: "\"") { pending = 0 }
                try hold(isQuoted || byte != UInt8(ascii: ","), "a second column in \(cell)")
            }
            try hold(
                pending % 2 == 0 && (isQuoted || !content.contains(UInt8(ascii: "\""))),
                "a quote too many in \(cell)"
            )
            let first = String(decoding: content, as: UTF8.self).unicodeScalars.first { !$0.properties.isWhitespace }
            let isNumber = content.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            try hold(!(first.map { "=-@＝＋－＠﹦﹢﹣﹫−".unicodeScalars.contains($0) } ?? false), "a formula: \(cell)")
            try hold(first != "+" || content.first == UInt8(ascii: "+") && isNumber, "a formula: \(cell)")
        }
        var isEscaped = false
        for byte in prometheusLabel(text).utf8 {
            try hold(byte != UInt8(ascii: "\n") && (isEscaped || byte != UInt8(ascii: "\"")), "a label that ends early")
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        try hold(!isEscaped, "a label that takes the quote behind it")
    }

    /// One mask for all.
    private static func checkNumbers(_ text: String) throws {
        let shown = NumberMask(.masked).masked(text, as: .number)
        if let number = PhoneNumber(text) { try hold("\(number)" == shown, "\(number) and \(shown)") }
        if let number = DialString(text), !text.contains(where: { ",WTP".contains($0) }) {
            try hold("\(number)" == shown, "\(number) and \(shown)")
        }
    }

    /// What a person may send needs no mask.
    private static func checkCommand(_ text: String) throws {
        for line in [text, "AT" + text, "AT+CSQ;" + text] {
            let text: String
            do throws(OperatorCommand.Refusal) {
                text = try OperatorCommand(line).command.text
            } catch {
                try isShown("\(error)", "a refusal")
                continue
            }
            try hold(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(text.debugDescription) is sent")
            try hold(NumberMask(.full).masked(text, as: .atLine) == text, "a secret in \(text)")
        }
    }
}
