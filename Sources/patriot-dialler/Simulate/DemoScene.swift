import Dialler
import ModemCore
import PatriotCore
import Simulation

/// One call of the demonstration: its title, and what is done and waited for until it is over.
struct DemoScene: Sendable {
    let title: String
    let play: @Sendable (inout DemoDirector, Stage) async throws -> Void

    static func all(for profile: SimulatedProfile) -> [DemoScene] {
        switch ModemProfile.named(profile.rawValue)?.kind {
        case .gsm, nil: [remoteHangUp, patriotHangUp, busy, refused, incoming]
        case .analog: [operatorHangUp, noDialtone, refusedPlus, incoming]
        }
    }

    // MARK: GSM

    private static let remoteHangUp = DemoScene(title: "A call is answered; the other side hangs up") {
        director,
        stage in
        stage.patriot.dial("+61 491 570 156")
        try await director.until(call: .active)
        stage.modem.perform(.hangUp)
        try await director.untilNotActive()
    }

    private static let patriotHangUp = DemoScene(title: "A call is answered; the operator hangs up") {
        director,
        stage in
        stage.patriot.dial("555 0101")
        try await director.until(call: .active)
        stage.patriot.send(.hangupRequest)
        try await director.untilNotActive()
    }

    private static let busy = DemoScene(title: "The other side is busy") { director, stage in
        stage.patriot.dial(Stage.busyNumber)
        try await director.untilNotActive()
    }

    private static let refused = DemoScene(
        title: "A number that would change the SIM's call forwarding is refused; nothing reaches the modem"
    ) { director, stage in
        stage.patriot.dial("*21*5550123#")
        try await director.untilNotActive()
    }

    // MARK: Analog

    private static let operatorHangUp = DemoScene(
        title: "The digits are dialled; only the operator knows whether somebody answered"
    ) { director, stage in
        stage.patriot.dial("555 0101")
        try await director.until(call: .dialed, .active)
        stage.patriot.send(.hangupRequest)
        try await director.untilNotActive()
    }

    private static let noDialtone = DemoScene(title: "The line cord is out") { director, stage in
        stage.modem.perform(.lineCord(plugged: false))
        stage.patriot.dial("555 0101")
        try await director.untilNotActive()
        stage.modem.perform(.lineCord(plugged: true))
    }

    private static let refusedPlus = DemoScene(
        title: "A number with + is refused: the settings that say how to dial it on this line are missing"
    ) { director, stage in
        stage.patriot.dial("+61 491 570 156")
        try await director.untilNotActive()
    }

    // MARK: Both

    private static let incoming = DemoScene(title: "Somebody calls, and gives up") { director, stage in
        stage.modem.perform(.ring(callerID: "+4930123456"))
        try await director.until(call: .incoming)
        stage.modem.perform(.stopRinging)
        try await director.untilNotActive()
    }
}
