/// The language of a person who plays the world around a simulated modem.
package enum ModemPrompt {
    /// What a line asks for.
    package enum Command: Equatable, Sendable {
        case perform(RemoteAction)
        /// Tell the state of the line.
        case status
        case help
        case quit
        /// An empty line.
        case nothing
        /// Not understood; a sentence that says what would be.
        case unknown(String)
    }

    /// Reads a line. Case and surplus blanks do not matter.
    package static func interpret(_ line: String) -> Command {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first?.lowercased() else { return .nothing }
        let arguments = Array(words.dropFirst())
        switch first {
        case "help", "?": return .help
        case "quit", "exit": return .quit
        case "status": return .status
        case "ring": return ring(arguments)
        case "waiting": return waiting(arguments)
        case "next": return next(arguments)
        case "noise":
            guard !arguments.isEmpty else { return .unknown("noise needs the line to send: noise ^RSSI:19") }
            return .perform(.noise(arguments.joined(separator: " ")))
        default: break
        }
        if arguments.isEmpty, let action = plain[first] { return .perform(action) }
        if let make = switches[first] { return onOff(first, arguments, make) }
        if let make = numbers[first] { return number(first, arguments, make) }
        if plain[first] != nil { return .unknown("\(first) takes nothing after it.") }
        return .unknown("\"\(first)\" is not known here. Type help for the list.")
    }

    /// What may be typed, a line each.
    package static let help = """
        ring 5550123 [NAME]    somebody calls        ring withheld | unavailable | unidentified
        waiting 5550123        a second caller knocks while a call is up (GSM)
        answer                 the remote party takes our call
        busy  reject  noanswer the call attempt fails
        hangup                 the remote party hangs up
        stop                   the caller gives up
        handset on | off       the operator lifts or replaces the handset (analog)
        cord on | off          the telephone cord (analog)
        registration 0 ... 5   the network: 1 home, 2 searching, 3 denied, 5 roaming (GSM)
        signal 0 ... 31        the signal strength; 99 unknown (GSM)
        next busy              what the next number we dial does: answer, modem, busy, reject, ring, noanswer,
                               unobtainable, lineinuse, delayed, blacklisted
        unplug  replug         the USB plug
        silence on | off       the modem answers nothing
        reset                  the modem starts again by itself
        echo on | off          somebody switches the echo
        lying on | off         ATH says OK and does nothing
        noise TEXT             an unasked line
        delay 0 ... 99         seconds from a command to its reply
        drop  duplicate        the next line is lost, or comes twice
        corrupt                half of the next line is lost
        loseend on | off       the next end of a call is not told
        brownout               the next dial takes too much power: the modem vanishes for three seconds
        status                 the true state of the line
        quit
        """

    private static let plain: [String: RemoteAction] = [
        "answer": .answer, "busy": .busy, "reject": .reject, "noanswer": .noAnswer, "hangup": .hangUp,
        "stop": .stopRinging, "unplug": .unplug, "replug": .replug, "reset": .reset, "drop": .dropNextLine,
        "duplicate": .duplicateNextLine, "corrupt": .corruptNextLine, "brownout": .brownOut,
    ]

    private static let switches: [String: @Sendable (Bool) -> RemoteAction] = [
        "handset": { .handset(lifted: $0) },
        "cord": { .lineCord(plugged: $0) },
        "silence": { .silence($0) },
        "echo": { .echo($0) },
        "lying": { .lyingHangUp($0) },
        "loseend": { .loseNextEnd($0) },
    ]

    private static let numbers: [String: @Sendable (Int) -> RemoteAction] = [
        "registration": { .registration($0) },
        "signal": { .signal($0) },
        "delay": { .replyDelay(.seconds($0)) },
    ]

    private static let reactions: [String: RemoteReaction] = [
        "answer": .answerAfter(.seconds(4)), "modem": .modemAnswersAfter(.seconds(4)), "busy": .busyAfter(.seconds(2)),
        "reject": .rejectAfter(.seconds(4)), "ring": .ringForever, "noanswer": .noAnswer,
        "unobtainable": .unobtainable, "lineinuse": .lineInUse, "delayed": .delayed, "blacklisted": .blacklisted,
    ]

    private static func next(_ arguments: [String]) -> Command {
        guard arguments.count == 1, let reaction = reactions[arguments[0].lowercased()] else {
            return .unknown("next takes one of: \(reactions.keys.sorted().joined(separator: ", ")).")
        }
        return .perform(.reaction(reaction))
    }

    private static func ring(_ arguments: [String]) -> Command {
        let times = 8
        guard let who = arguments.first else { return .unknown("ring needs a caller: ring 5550123, or ring withheld") }
        switch who.lowercased() {
        case "withheld": return .perform(.ring(.withheld, times: times))
        case "unavailable": return .perform(.ring(.unavailable, times: times))
        case "unidentified": return .perform(.ring(.unidentified, times: times))
        default: break
        }
        let digits = who.hasPrefix("+") ? who.dropFirst() : who[...]
        guard !digits.isEmpty, digits.utf8.count <= 40, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return .unknown("\"\(who)\" is no caller: give digits, withheld, unavailable or unidentified.")
        }
        let name = arguments.dropFirst().joined(separator: " ")
        return .perform(.ring(.number(who, name: name.isEmpty ? nil : name), times: times))
    }

    private static func waiting(_ arguments: [String]) -> Command {
        switch ring(arguments) {
        case .perform(.ring(let caller, _)): .perform(.wait(caller))
        case .unknown: .unknown("waiting needs a caller: waiting 5550123, or waiting withheld")
        case let other: other
        }
    }

    private static func onOff(_ word: String, _ arguments: [String], _ make: (Bool) -> RemoteAction) -> Command {
        switch arguments.map({ $0.lowercased() }) {
        case ["on"]: .perform(make(true))
        case ["off"]: .perform(make(false))
        default: .unknown("\(word) takes on or off: \(word) on")
        }
    }

    private static func number(_ word: String, _ arguments: [String], _ make: (Int) -> RemoteAction) -> Command {
        guard arguments.count == 1, let value = Int(arguments[0]), (0...99).contains(value) else {
            return .unknown("\(word) takes a number of 0 to 99: \(word) 5")
        }
        return .perform(make(value))
    }
}
