import Basics
import ModemCore
import ModemDriver
import PatriotLink
import Testing

@testable import Dialler

@Suite("LineStatus")
struct LineStatusTests {
    private static let call = Call(direction: .outbound, number: "5550101", state: .alerting, isAdopted: false)

    @Test(
        arguments: [
            ([], "Not ready: opening the modem's port; connecting to Patriot."),
            (
                [.modem(.readinessChanged(.ready)), .link(.connected)],
                "Not ready: modem ready; Patriot has not yet accepted the key."
            ),
            (
                [
                    .modem(.readinessChanged(.ready)),
                    .link(.disconnected(reason: "connection\nrefused", retryIn: .seconds(1))), .link(.connecting),
                ],
                "Not ready: connection\\nrefused."
            ),
            (
                [
                    .modem(.readinessChanged(.ready)), .link(.refused("wrong key")), .link(.connecting),
                    .link(.connected),
                ],
                "Not ready: modem ready; Patriot refuses the API key: wrong key."
            ),
            (
                [.modem(.readinessChanged(.ready)), .link(.authenticated)],
                "Ready: modem ready, Patriot connected, line free."
            ),
            (
                [.modem(.readinessChanged(.ready)), .link(.authenticated), .modem(.callChanged(call))],
                "Outgoing call ringing: modem ready; Patriot connected."
            ),
            (
                [
                    .modem(.readinessChanged(.ready)), .link(.authenticated), .modem(.callChanged(call)),
                    .modem(
                        .callChanged(
                            Call(direction: .outbound, number: "5550101", state: .released(.busy), isAdopted: false)
                        )
                    ),
                ],
                "Ready: modem ready, Patriot connected, line free."
            ),
        ] as [([LineService.Event], String)]
    )
    func isOneSentence(events: [LineService.Event], sentence: String) {
        var status = LineStatus()
        for event in events { status.follow(event) }
        #expect(status.sentence == sentence)
    }
}
