import NIOOpenSSL
import PatriotCore
import Simulation
import Testing

@Suite("The simulated Patriot that connects to the dialler")
struct SimulatedPatriotCallerTests {
    @Test(
        "A wss URL has a host, a port and a path",
        arguments: [
            ("wss://dialler1:9010/dialler", "dialler1", 9010, "/dialler"), ("wss://192.0.2.7:1", "192.0.2.7", 1, "/"),
            ("WSS://[fd00::7]:9010/a/b?c=d", "fd00::7", 9010, "/a/b?c=d"), ("wss://dialler1/x", "dialler1", 443, "/x"),
            ("wss://[::1]/", "::1", 443, "/"),
        ] as [(String, String, Int, String)]
    )
    func url(_ text: String, _ host: String, _ port: Int, _ path: String) {
        #expect(SimulatedPatriotCaller.URL(text) == .init(host: host, port: port, path: path))
    }

    @Test(
        "Other URLs are refused",
        arguments: [
            "", "dialler1", "ws://dialler1:9010/dialler", "https://dialler1", "wss://", "wss://:9010", "wss://a:0/",
            "wss://a:65536", "wss://a:x/", "wss://[::1", "wss://[::1]9010",
        ]
    )
    func wrongURL(_ text: String) {
        #expect(SimulatedPatriotCaller.URL(text) == nil)
    }

    @Test(
        "Any JSON may be the payload, and nothing else",
        arguments: [
            (#"{"apiKey":"x"}"#, true), ("[]", true), ("7", true), (#""text""#, true), ("", false), ("{", false),
            ("a", false),
            ("{} {}", false),
        ]
    )
    func json(_ text: String, _ isJSON: Bool) {
        #expect(SimulatedPatriotCaller.isJSON(text) == isJSON)
    }

    @Test(
        "The dialler's answer is read in each spelling",
        arguments: [
            (#"{"type":"init-response","payload":{"success":true}}"#, InitResponse(success: true, error: nil)),
            (
                #"{"type":"InitResponse","payload":{"success":false,"error":"no"}}"#,
                InitResponse(success: false, error: "no")
            ),
            (#"{"type":"call-status-update","payload":{"success":true}}"#, nil), (#"{"type":"init-response"}"#, nil),
            ("x", nil),
        ] as [(String, InitResponse?)]
    )
    func answer(_ text: String, _ answer: InitResponse?) {
        #expect(InitResponse(decoding: Array(text.utf8)) == answer)
    }
}
