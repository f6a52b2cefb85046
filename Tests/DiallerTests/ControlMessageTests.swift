import Dialler
import ModemCore
import Testing

@Suite struct ControlMessageTests {
    @Test(
        arguments: [
            .status, .dial("5550101"), .hangUp, .answer, .tones("12#"), .command("AT+CSQ", timeout: .seconds(7)),
            .watch, .lease(true), .lease(false), .transcript,
        ] as [ControlRequest.Order]
    )
    func aRequestIsReadAsItWasWritten(_ order: ControlRequest.Order) throws {
        let request = ControlRequest(id: 42, order)
        #expect(request.line.last == UInt8(ascii: "\n"))
        #expect(try ControlRequest(line: request.line.dropLast()) == request)
    }

    @Test(
        arguments: [
            ("", .notJSON), ("status", .notJSON), ("[1]", .notJSON), ("{}", .notJSON), ("{\"request\":1}", .notJSON),
            ("{\"request\":\"status\"", .notJSON), ("{\"request\":\"status\",\"id\":\"x\"}", .notJSON),
            ("\u{0}", .notJSON),
            ("{\"request\":\"reboot\"}", .unknown("reboot")), ("{\"request\":\"dial\"}", .missing("number")),
            ("{\"request\":\"at\"}", .missing("command")), ("{\"request\":\"lease\"}", .missing("take")),
            ("{\"request\":\"dtmf\",\"digits\":null}", .missing("digits")),
            ("{\"version\":2,\"request\":\"status\"}", .version(2)),
        ] as [(String, ControlRequestError)]
    )
    func whatIsNoRequestSaysWhy(_ line: String, _ error: ControlRequestError) {
        #expect(throws: error) { try ControlRequest(line: Array(line.utf8)) }
    }

    @Test func unknownMembersArePassedOver() throws {
        let line = #"{"request":"hangup","id":7,"colour":"red","number":"5550101"}"#
        #expect(try ControlRequest(line: line.utf8) == ControlRequest(id: 7, .hangUp))
    }

    @Test(arguments: [(0, 1), (-5, 1), (300, 300), (100_000, 300)])
    func aTimeoutStaysInItsBounds(_ asked: Int, _ granted: Int) throws {
        let line = #"{"request":"at","command":"ATI","timeout":\#(asked)}"#
        #expect(try ControlRequest(line: line.utf8).order == .command("ATI", timeout: .seconds(granted)))
    }

    @Test func aMessageIsReadAsItWasWritten() throws {
        var reply = ControlMessage.Reply(id: 3, error: "no \"such\" thing\n")
        reply.lines = ["+CSQ: 20,99", ""]
        reply.result = "OK"
        reply.failure = .timedOut
        let message = ControlMessage(reply: reply)
        #expect(message.line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(try ControlMessage(line: message.line.dropLast()) == message)
    }

    @Test func aFailureThatIsNotKnownIsNoneOfTheKnown() throws {
        let line = #"{"reply":{"id":1,"error":"no","failure":"on-fire"}}"#
        let failure = try #require(try ControlMessage(line: line.utf8).reply?.failure)
        #expect(failure != .timedOut && failure != .noModem)
        let older = #"{"reply":{"id":1,"error":"the modem is gone"}}"#
        #expect(try ControlMessage(line: older.utf8).reply?.failure == nil)
    }

    @Test(
        arguments: [
            (.timedOut, .timedOut), (.withdrawn, nil), (.portClosed, .noModem), (.result(.error), nil),
        ] as [(ATReply.Ending, ControlMessage.Reply.Failure?)]
    )
    func anAnswerThatDidNotComeSaysOfWhatKindThatIs(
        _ ending: ATReply.Ending,
        _ failure: ControlMessage.Reply.Failure?
    ) {
        let reply = ControlMessage.Reply(ATReply(ending), mask: NumberMask(.masked))
        #expect(reply.failure == failure)
        #expect((reply.error == nil) == (reply.result != nil))
    }

    @Test func aRefusalForWantOfAModemIsTold() {
        #expect(ControlMessage.Reply(OperatorCommand.Refusal.noModem(.opening)).failure == .noModem)
        #expect(ControlMessage.Reply(OperatorCommand.Refusal.busy).failure == nil)
    }
}
