import Dialler
import ModemCore
import ModemDriver
import PatriotCore
import PatriotLink
import SerialDevice
import Simulation
import Testing

/// The decisions on the protocol, as far as both sides of a line are needed to show them.
@Suite(.timeLimit(.minutes(1)))
struct LineServiceTests {
    @Test func row01_activeFromTheDialUntilTheLineIsFree() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(command: "ATD5550101;")
        bench.patriot.send(.callStatusRequest)
        try await bench.until(call: .active)
        bench.modem.perform(.hangUp)
        try await bench.until(status: .idle)
        #expect(bench.statuses == [.idle, .outbound("5550101"), .outbound("5550101"), .idle])
        #expect(bench.modem.call == nil)
        try await bench.end()
    }

    @Test func row02_callerIDIsTheNumberAsReceivedWhateverIsDialled() async throws {
        var bench = try await LineBench(.analog) { _ in
        } configure: { configuration in
            configuration.dialling.prefix = "9,"
            configuration.dialling.countryCode = "61"
            configuration.dialling.trunkPrefix = "0"
        }
        try await bench.start()
        bench.patriot.dial("+61 491 570 156")
        try await bench.until(status: .outbound("+61491570156"))
        try await bench.until(call: .dialed)
        #expect(bench.commands("ATD") == ["ATDT9,0491570156;"])
        try await bench.end()
    }

    @Test func row02_aDialThatReplacesACallIsToldByItsOwnNumber() async throws {
        var bench = try await LineBench(.analog) { _ in
        } configure: { configuration in
            configuration.dialling.prefix = "9,"
            configuration.dialling.duringCall = .replace
        }
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .dialed)
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550102"))
        try await bench.until(call: .dialed)
        #expect(bench.commands("ATD") == ["ATDT9,5550101;", "ATDT9,5550102;"])
        #expect(bench.statuses.suffix(2) == [.idle, .outbound("5550102")])
        try await bench.end()
    }

    @Test func row05_row21_aNumberThatCannotBeDialledIsAnsweredAndReachesNoModem() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.send(.dialRequest(phoneNo: "*21*5550123#", rawPhoneNo: "ATD5550199;\r"))
        try await bench.until(status: .idle)
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        #expect(bench.commands("ATD") == ["ATD5550101;"])
        #expect(bench.statuses.prefix(2) == [.idle, .idle])
        try await bench.end()
    }

    @Test func row05_withoutAModemADialIsAnsweredAtOnce() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.modem.device = .path("/dev/does-not-exist")
        }
        bench.run()
        try await bench.until(status: .idle)
        bench.patriot.dial("5550101")
        let reason = DialRefusal.notReady(.notPluggedIn(selector: "/dev/does-not-exist")).description
        try await bench.until { $0 == .line(.dialRefused(reason)) }
        try await bench.until(status: .idle)
        try await bench.end()
    }

    @Test func row06_aLiveCallIsKeptAndItsStatusSentAgain() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550101"))
        #expect(bench.commands("ATD") == ["ATD5550101;"])
        #expect(bench.modem.call?.state == .active)
        try await bench.end()
    }

    @Test func row06_aLiveCallIsReplacedWhereSet() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.dialling.duringCall = .replace
        }
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550102"))
        try await bench.until(call: .active)
        #expect(bench.commands("ATD") == ["ATD5550101;", "ATD5550102;"])
        #expect(bench.statuses.suffix(3) == [.outbound("5550101"), .idle, .outbound("5550102")])
        try await bench.end()
    }

    @Test func row06_aCallLeftToTheHandsetIsReplaced() async throws {
        var bench = try await LineBench(.analog) { _ in
        } configure: { configuration in
            configuration.dialling.handover = .milliseconds(50)
        }
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .handedOver)
        bench.patriot.send(.callStatusRequest)
        try await bench.until(status: .outbound("5550101"))
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550102"))
        try await bench.until(call: .handedOver)
        #expect(bench.commands("ATD") == ["ATDT5550101;", "ATDT5550102;"])
        try await bench.end()
    }

    @Test func row07_aDialWhileHangingUpWaitsForTheFreeLine() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.send(.hangupRequest)
        bench.patriot.dial("5550102")
        bench.patriot.dial("5550103")
        try await bench.until(status: .outbound("5550103"))
        try await bench.until(call: .active)
        #expect(bench.commands("ATD") == ["ATD5550101;", "ATD5550103;"])
        try await bench.end()
    }

    @Test func row08_row25_hangUpThenTheSameNumberAgain() async throws {
        var bench = try await LineBench()
        try await bench.start()
        for _ in 1...2 {
            bench.patriot.dial("5550101")
            try await bench.until(call: .active)
            bench.patriot.send(.hangupRequest)
            try await bench.until(status: .idle)
            #expect(bench.modem.call == nil)
        }
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        #expect(bench.commands("ATD") == ["ATD5550101;", "ATD5550101;"])
        try await bench.end()
    }

    @Test(arguments: SimulatedProfile.allCases)
    func row03_row09_anIncomingCallIsReportedAndNotAnswered(_ profile: SimulatedProfile) async throws {
        var bench = try await LineBench(profile)
        try await bench.start()
        bench.modem.perform(.ring(callerID: "+4930123456", times: 1000))
        try await bench.until(status: .inbound("+4930123456"))
        #expect(bench.modem.call?.state == .incoming)
        bench.modem.perform(.stopRinging)
        try await bench.until(status: .idle)
        #expect(bench.commands("ATA").isEmpty)
        try await bench.end()
    }

    @Test func row03_aWithheldNumberIsLeftOut() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.modem.perform(.ring(callerID: nil))
        try await bench.until(status: .inbound(nil))
        try await bench.end()
    }

    @Test func row09_anIgnoredCallIsNotReported() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.incoming = .ignore
        }
        try await bench.start()
        bench.modem.perform(.ring(callerID: "+4930123456"))
        try await bench.until(call: .incoming)
        bench.patriot.send(.callStatusRequest)
        try await bench.until(status: .idle)
        #expect(bench.statuses == [.idle, .idle])
        try await bench.end()
    }

    @Test func row09_aRejectedCallIsEndedAndNotReported() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.incoming = .reject
        }
        try await bench.start()
        bench.modem.perform(.ring(callerID: "+4930123456"))
        try await bench.until { $0 == .modem(.callChanged(nil)) }
        #expect(bench.statuses == [.idle])
        try await bench.end()
    }

    /// Also where the modem is found out only once it answers.
    @Test(arguments: [SimulatedProfile.analog, .analogVoice])
    func row35_whereTheModemCannotRejectTheCallIsReported(_ profile: SimulatedProfile) async throws {
        var bench = try await LineBench(profile) { _ in
        } configure: { configuration in
            configuration.incoming = .reject
            configuration.modem.profile = nil
        }
        try await bench.start()
        bench.modem.perform(.ring(callerID: "5550199", times: 1000))
        try await bench.until(status: .inbound("5550199"))
        #expect(bench.commands("ATH").isEmpty)
        bench.modem.perform(.stopRinging)
        try await bench.until(status: .idle)
        try await bench.end()
    }

    @Test func row09_aCallIsAnsweredWhereSet() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.incoming = .answer
        }
        try await bench.start()
        bench.modem.perform(.ring(callerID: "+4930123456"))
        try await bench.until(call: .active)
        #expect(bench.modem.call?.state == .active)
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        #expect(bench.modem.call == nil)
        try await bench.end()
    }

    @Test func row10_aStatusIsAnsweredWhileTheModemIsSilent() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.modem.perform(.silence(true))
        bench.patriot.dial("5550101")
        try await bench.until(status: .outbound("5550101"))
        bench.patriot.send(.callStatusRequest)
        try await bench.until(status: .outbound("5550101"))
        #expect(bench.commands("ATD").isEmpty)
        try await bench.end()
    }

    @Test func row11_row16_aCallOutlivesTheConnectionAndPatriotIsTold() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.killClients()
        try await bench.until { $0 == .line(.link(.authenticated)) }
        try await bench.until(status: .outbound("5550101"))
        #expect(bench.modem.call?.state == .active)
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        try await bench.end()
    }

    @Test func row17_aCallOutlivesTheDaemonAndIsFoundAgain() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        try await bench.stopLine()
        #expect(bench.modem.call?.state == .active)
        bench.run()
        try await bench.until(status: .outbound("5550101"))
        #expect(bench.modem.call?.state == .active)
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        #expect(bench.modem.call == nil)
        try await bench.end()
    }

    @Test(arguments: [CallState.dialing, .alerting, .active])
    func row18_anUnpluggedModemEndsTheCallAndIsFoundAgain(_ state: CallState) async throws {
        var bench = try await LineBench { options in
            options.reaction = state == .active ? .answerAfter(.seconds(1)) : .ringForever
        }
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: state)
        bench.modem.perform(.unplug)
        try await bench.until(call: .released(.modemLost))
        try await bench.until(status: .idle)
        bench.modem.perform(.replug)
        try await bench.until { $0 == .line(.modem(.readinessChanged(.ready))) }
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550102"))
        try await bench.end()
    }
}
