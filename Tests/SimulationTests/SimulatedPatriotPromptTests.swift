import NIOPosix
import PatriotCore
import Simulation
import Testing

@Suite struct SimulatedPatriotPromptTests {
    @Test(arguments: [
        ("dial +49 30 123456", PatriotPrompt.Command.dial("+49 30 123456")),
        ("  DIAL   555-0123  ", .dial("555-0123")),
        ("hangup", .hangUp), ("Status ", .status), ("disconnect", .disconnect), ("kill", .kill),
        ("silence on", .silence(true)), ("silence OFF", .silence(false)),
        ("raw {\"type\": \"x\"}", .raw("{\"type\": \"x\"}")),
        ("help", .help), ("?", .help), ("quit", .quit), ("exit", .quit), ("", .nothing), ("   ", .nothing),
    ])
    func commandsAreUnderstood(_ line: String, _ command: PatriotPrompt.Command) throws {
        #expect(try PatriotPrompt.parse(line) == command)
    }

    @Test(arguments: [
        ("dail 555-0123", "\"dail\" is no command; commands are dial,"),
        ("dial", "dial needs a number: dial +49 30 123456"),
        ("dial home", "there is no digit in \"home\"; a number looks like"),
        ("raw", "raw needs the text to send"),
        ("silence", "silence is either on or off"),
        ("hangup now", "hangup takes nothing after it"),
        ("\u{1B}[2J", "\"?[2J\" is no command"),
    ])
    func whatIsNoCommandGetsAHelpfulSentence(_ line: String, _ beginning: String) {
        let mistake = #expect(throws: PatriotPrompt.Mistake.self) { try PatriotPrompt.parse(line) }
        #expect(mistake?.description.hasPrefix(beginning) == true, "\(mistake?.description ?? "")")
    }

    @Test func theHelpNamesEveryCommand() {
        for word in ["dial", "hangup", "status", "disconnect", "kill", "silence", "raw", "help", "quit"] {
            #expect(PatriotPrompt.help.contains("\n\(word) ") || PatriotPrompt.help.hasPrefix("\(word) "))
        }
    }

    @Test(arguments: [
        ("+49 (30) 123-456", "+4930123456"), ("555-0123 ext. 4", "5550123" + "4"),
        ("*31#0491 570 156", "*31#0491570156"),
        ("\u{0665}55", "55"),
    ])
    func aNumberIsSanitisedAsPatriotDoesIt(_ typed: String, _ sanitised: String) {
        #expect(PatriotMessage.dialRequest(typed: typed) == .dialRequest(phoneNo: sanitised, rawPhoneNo: typed))
    }

    @Test func withoutADiallerEachCommandSaysSo() async throws {
        let patriot = try await SimulatedPatriot.start(
            SimulatedPatriot.Options(apiKey: APIKey("ABC123DEF456")),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let notSent = "not sent: no dialler is connected with the right API key"
        #expect(patriot.perform(.dial("555-0123")) == "dial-request \(notSent)")
        #expect(patriot.perform(.hangUp) == "hangup-request \(notSent)")
        #expect(patriot.perform(.status) == "call-status-request \(notSent)")
        for command in [PatriotPrompt.Command.disconnect, .kill, .raw("x")] {
            #expect(patriot.perform(command) == "no dialler is connected")
        }
        #expect(patriot.perform(.silence(true)) == "nothing is answered any more")
        #expect(patriot.perform(.help) == PatriotPrompt.help)
        #expect(patriot.perform(.quit) == nil && patriot.perform(.nothing) == nil)
        await patriot.stop()
    }
}
