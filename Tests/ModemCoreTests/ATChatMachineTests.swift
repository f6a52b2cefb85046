import ModemCore
import Testing

@Suite struct ATChatMachineTests {
    private let start = ContinuousClock.now

    /// A chat that has found its modem; `start` is two seconds ago then.
    private func ready() -> ATChatMachine {
        var chat = ATChatMachine()
        _ = chat.portOpened(now: start)
        _ = chat.deadlineReached(now: start + .seconds(1))
        _ = chat.lineReceived("OK", now: start + .seconds(1))
        #expect(chat.deadlineReached(now: start + .seconds(2)) == [.synchronized])
        return chat
    }

    private var now: Instant { start + .seconds(2) }

    private func written(_ line: String) -> [ATChatMachine.Action] { [.write(Array("\(line)\r".utf8)), .sent(line)] }

    @Test func writesOneCommandAtATime() {
        var chat = ready()
        #expect(chat.send(ATCommand("ATE0"), for: .setup, now: now) == written("ATE0"))
        #expect(chat.send(ATCommand("ATV1"), for: .probe, now: now) == [])
        #expect(chat.send(ATCommand("ATD1;"), for: .dial, now: now) == [])
        #expect(
            chat.lineReceived("OK", now: now) == [.finished(.setup, ATReply(.result(.ok)))] + written("ATD1;")
        )
    }

    @Test func aReplyKeepsOnlyItsOwnLines() {
        var chat = ready()
        _ = chat.send(.execute("+CLCC"), for: .callList, now: now)
        #expect(chat.lineReceived("AT+CLCC", now: now) == [])
        #expect(chat.lineReceived("+CLCC: 1,0,0,0,0", now: now) == [])
        #expect(chat.lineReceived("RING", now: now) == [.unsolicited("RING")])
        #expect(chat.lineReceived("NO CARRIER", now: now) == [.unsolicited("NO CARRIER")])
        #expect(chat.lineReceived("BUSY", now: now) == [.unsolicited("BUSY")])
        #expect(
            chat.lineReceived("OK", now: now)
                == [.finished(.callList, ATReply(.result(.ok), lines: ["+CLCC: 1,0,0,0,0"]))]
        )
    }

    @Test func freeTextIsAllThatIsNotKnownToBeUnsolicited() {
        var chat = ready()
        _ = chat.send(ATCommand("AT+FCLASS?", responses: .freeText), for: .setup, now: now)
        #expect(chat.lineReceived("0", now: now) == [])
        #expect(chat.lineReceived("+CRING: VOICE", now: now) == [.unsolicited("+CRING: VOICE")])
        #expect(chat.lineReceived("OK", now: now) == [.finished(.setup, ATReply(.result(.ok), lines: ["0"]))])
    }

    /// Each line of each family that comes by itself, in the middle of a person's command.
    @Test(arguments: ModemProfile.all.filter { $0.kind == .gsm })
    func whatComesByItselfIsNoAnswerToAPerson(_ profile: ModemProfile) throws {
        let noise = profile.noisePrefixes.map { "\($0)\($0.hasSuffix(":") ? "" : ":") 1,2" }
        let notices = ["+CMTI: \"SM\",3", "+CIEV: 2,4", "+CTZV: +8", "+CRING: VOICE", "RING"]
        for line in noise + notices {
            var chat = ready()
            chat.use(profile)
            _ = chat.send(try OperatorCommand("AT+CSQ").command, for: .forOperator, now: now)
            #expect(chat.lineReceived(line, now: now) == [.unsolicited(line)])
            #expect(chat.lineReceived("+CSQ: 20,99", now: now) == [])
            #expect(chat.lineReceived(line, now: now) == [.unsolicited(line)])
            let reply = ATReply(.result(.ok), lines: ["+CSQ: 20,99"])
            #expect(chat.lineReceived("OK", now: now) == [.finished(.forOperator, reply)])
        }
    }

    /// Elsewhere they come by themselves.
    @Test(arguments: [
        ("AT^RSSI?", "^RSSI: 20"), ("AT+CMTI?", "+CMTI: 1"), ("AT^MODE?;+CSQ", "^MODE:3,4"), ("AT+CLIP?", "+CLIP: 1,1"),
    ])
    func whatAPersonAsksForIsAnAnswer(_ command: String, _ line: String) throws {
        var chat = ready()
        chat.use(.genericGSM)
        _ = chat.send(try OperatorCommand(command).command, for: .forOperator, now: now)
        #expect(chat.lineReceived(line, now: now) == [])
        let reply = ATReply(.result(.ok), lines: [line])
        #expect(chat.lineReceived("OK", now: now) == [.finished(.forOperator, reply)])
    }

    @Test(arguments: [
        ("0", FinalResultCode.ok), ("4", .error), ("OK", .ok), ("+CME ERROR: 10", .cmeError(10)),
        ("COMMAND NOT SUPPORT", .unsupported),
        ("+CMS ERROR: 500", .error), ("ERROR+CNUM: \"\",\"\",145", .error), ("ok", .ok),
    ])
    func aFinalResultEndsTheCommand(_ line: String, _ result: FinalResultCode) {
        var chat = ready()
        _ = chat.send(ATCommand("ATE0"), for: .setup, now: now)
        #expect(chat.lineReceived(line, now: now) == form(line) + [.finished(.setup, ATReply(.result(result)))])
    }

    @Test(arguments: [
        ("CONNECT", FinalResultCode.connect), ("CONNECT 9600/V34", .connect), ("1", .connect), ("3", .noCarrier),
        ("6", .noDialtone),
        ("7", .busy), ("8", .noAnswer), ("NO  DIAL TONE", .noDialtone),
    ])
    func aCallResultEndsOnlyADial(_ line: String, _ result: FinalResultCode) {
        var chat = ready()
        let dial = ATCommand("ATD1;", startsCall: true)
        _ = chat.send(dial, for: .dial, now: now)
        #expect(chat.lineReceived(line, now: now) == form(line) + [.finished(.dial, ATReply(.result(result)))])
        _ = chat.send(ATCommand("ATE0"), for: .setup, now: now)
        // A number is told in words.
        let told = FinalResultCode.word(numeric: line) ?? line
        #expect(chat.lineReceived(line, now: now) == [.unsolicited(told)])
    }

    /// A result as a number is news.
    private func form(_ line: String) -> [ATChatMachine.Action] {
        FinalResultCode(line: line) == nil ? [.numericResults] : []
    }

    @Test func afterATimeoutLateRepliesAreThrownAway() {
        var chat = ready()
        _ = chat.send(.execute("+CSQ"), for: .probe, now: now)
        _ = chat.send(ATCommand("ATD1;"), for: .dial, now: now)
        let late = now + .seconds(3)
        #expect(
            chat.deadlineReached(now: late) == [
                .note(.commandTimedOut("AT+CSQ")), .finished(.probe, ATReply(.timedOut)),
            ]
        )
        #expect(chat.lineReceived("+CSQ: 20,99", now: late) == [])
        #expect(chat.lineReceived("OK", now: late) == [])
        #expect(chat.lineReceived("RING", now: late) == [.unsolicited("RING")])
        #expect(
            chat.deadlineReached(now: late + .seconds(1)) == [.note(.synchronizing(attemptsLeft: 2))] + written("AT")
        )
        #expect(chat.lineReceived("AT", now: late + .seconds(1)) == [])
        #expect(chat.lineReceived("OK", now: late + .seconds(1)) == [])
        #expect(chat.lineReceived("OK", now: late + .seconds(1)) == [])
        #expect(chat.deadlineReached(now: late + .seconds(2)) == written("ATD1;"))
    }

    @Test func aChattyModemCannotPutTheResyncOff() {
        var chat = ready()
        _ = chat.send(ATCommand("ATE0"), for: .setup, now: now)
        var time = now + .seconds(3)
        _ = chat.deadlineReached(now: time)
        for _ in 0..<30 {
            time += .milliseconds(100)
            _ = chat.lineReceived("^RSSI: 1", now: time)
            if chat.deadlineReached(now: time).contains(.sent("AT")) { return }
        }
        Issue.record("never resynchronized")
    }

    @Test func aModemThatNeverAnswersIsSilentAndEveryCommandIsFinished() {
        var chat = ready()
        _ = chat.send(ATCommand("ATE0"), for: .setup, now: now)
        _ = chat.send(ATCommand("ATV1"), for: .probe, now: now)
        var actions: [ATChatMachine.Action] = []
        while let deadline = chat.nextDeadline { actions += chat.deadlineReached(now: deadline) }
        #expect(actions.count { $0 == .sent("AT") } == 2)
        #expect(actions.count { $0 == .sent("ATE0") } == 1)
        #expect(actions.suffix(3) == [.note(.silent), .silent, .finished(.probe, ATReply(.withdrawn))])
        #expect(chat.send(ATCommand("AT"), for: .probe, now: now) == [.finished(.probe, ATReply(.withdrawn))])
    }

    @Test func aClosedPortFinishesEveryCommand() {
        var chat = ready()
        _ = chat.send(.execute("+CLCC"), for: .callList, now: now)
        _ = chat.lineReceived("+CLCC: 1,0,0,0,0", now: now)
        _ = chat.send(ATCommand("ATH"), for: .hangUp, now: now)
        #expect(
            chat.portClosed() == [
                .finished(.callList, ATReply(.portClosed, lines: ["+CLCC: 1,0,0,0,0"])),
                .finished(.hangUp, ATReply(.portClosed)),
            ]
        )
        #expect(chat.nextDeadline == nil)
    }

    @Test func theQueueAndTheReplyAreBounded() {
        var chat = ready()
        _ = chat.send(.execute("+CLCC"), for: .callList, now: now)
        for _ in 0..<ATChatMachine.maximumQueueLength {
            #expect(chat.send(ATCommand("AT"), for: .probe, now: now) == [])
        }
        #expect(chat.send(ATCommand("AT"), for: .probe, now: now) == [.finished(.probe, ATReply(.withdrawn))])
        for _ in 0..<1000 { _ = chat.lineReceived("+CLCC: 1,0,0,0,0", now: now) }
        let lines = Array(repeating: "+CLCC: 1,0,0,0,0", count: ATChatMachine.maximumReplyLines)
        let finished = chat.lineReceived("OK", now: now).first
        #expect(finished == .finished(.callList, ATReply(.result(.ok), lines: lines)))
    }

    @Test func abortIsOneCRAndTheModemMayAnswerTwice() {
        var chat = ready()
        _ = chat.send(ATCommand("ATD1;", timeout: .seconds(60), startsCall: true), for: .dial, now: now)
        _ = chat.send(ATCommand("ATH"), for: .hangUp, now: now)
        #expect(chat.abort(.dial, now: now) == [.write([0x0D]), .sent("<CR>")])
        #expect(chat.abort(.dial, now: now) == [])
        #expect(chat.lineReceived("NO CARRIER", now: now) == [.finished(.dial, ATReply(.result(.noCarrier)))])
        #expect(chat.lineReceived("OK", now: now) == [])
        #expect(chat.deadlineReached(now: now + .seconds(1)) == written("ATH"))
    }
}
