import Testing

@testable import Simulation

@Suite("ModemPrompt")
struct ModemPromptTests {
    @Test(arguments: [
        ("ring 5550123", ModemPrompt.Command.perform(.ring(.number("5550123"), times: 8))),
        ("  RING   +4930123456  Anna  Bell ", .perform(.ring(.number("+4930123456", name: "Anna Bell"), times: 8))),
        ("ring withheld", .perform(.ring(.withheld, times: 8))),
        ("ring unavailable", .perform(.ring(.unavailable, times: 8))),
        ("ring Unidentified", .perform(.ring(.unidentified, times: 8))),
        ("answer", .perform(.answer)), ("busy", .perform(.busy)), ("hangup", .perform(.hangUp)),
        ("Unplug", .perform(.unplug)), ("replug", .perform(.replug)), ("silence on", .perform(.silence(true))),
        ("silence OFF", .perform(.silence(false))), ("handset on", .perform(.handset(lifted: true))),
        ("cord off", .perform(.lineCord(plugged: false))), ("registration 2", .perform(.registration(2))),
        ("signal 99", .perform(.signal(99))), ("noise ^RSSI:19", .perform(.noise("^RSSI:19"))),
        ("delay 5", .perform(.replyDelay(.seconds(5)))), ("next Busy", .perform(.reaction(.busyAfter(.seconds(2))))),
        ("lying on", .perform(.lyingHangUp(true))), ("status", .status), ("corrupt", .perform(.corruptNextLine)),
        ("brownout", .perform(.brownOut)),
        ("loseend on", .perform(.loseNextEnd(true))), ("waiting 5550123", .perform(.wait(.number("5550123")))),
        ("help", .help), ("?", .help),
        ("quit", .quit), ("exit", .quit), ("", .nothing), (" \t ", .nothing),
    ])
    func understands(line: String, command: ModemPrompt.Command) {
        #expect(ModemPrompt.interpret(line) == command)
    }

    @Test(arguments: [
        ("dance", "Type help"), ("ring", "ring 5550123"), ("ring anna", "no caller"), ("ring +", "no caller"),
        ("silence", "silence on"), ("silence maybe", "silence on"), ("signal", "signal 5"), ("signal -1", "signal 5"),
        ("answer now", "takes nothing"), ("noise", "noise ^RSSI:19"),
        ("next", "lineinuse"), ("next day", "lineinuse"), ("r\u{e9}pondre", "Type help"),
    ])
    func helpsWithWhatItDoesNotKnow(line: String, words: String) {
        guard case .unknown(let sentence) = ModemPrompt.interpret(line) else {
            Issue.record("understood \(line)")
            return
        }
        #expect(sentence.contains(words))
    }

    @Test func helpNamesOnlyWordsThatWork() {
        for line in ModemPrompt.help.split(separator: "\n") {
            let word = String(line.prefix { $0 != " " })
            if case .unknown(let sentence) = ModemPrompt.interpret(word) {
                #expect(!sentence.contains("is not known"), "\(word)")
            }
        }
    }
}
