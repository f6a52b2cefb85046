import Testing

@testable import PatriotCore

@Suite("Who may connect to us")
struct AdmissionTests {
    private static let key = APIKey("ABC123DEF456")
    private let start = ContinuousClock.now

    @Test(
        "The answer has the request's spelling",
        arguments: [
            ("init-request", "init-response"), ("InitRequest", "InitResponse"), ("INIT-REQUEST", "INIT-RESPONSE"),
            ("initRequest", "initResponse"), ("init", "init-response"),
        ]
    )
    func responseType(_ type: String, _ answer: String) {
        #expect(InitRequest(type: type, requestID: nil, key: .missing).responseType == answer)
    }

    @Test(
        "The key is apiKey, else password, and only a text",
        arguments: [
            (#"{"type":"init-request","payload":{"apiKey":"ABC123DEF456"}}"#, nil),
            (#"{"type":"init-request","payload":{"password":"ABC123DEF456"}}"#, nil),
            (#"{"type":"init-request","payload":"{\"apiKey\":\"ABC123DEF456\"}"}"#, nil),
            (#"{"type":"init-request","payload":{"apiKey":"ABC123DEF45"}}"#, .wrongKey),
            (#"{"type":"init-request","payload":{"apiKey":"ABC123DEF4567"}}"#, .wrongKey),
            (#"{"type":"init-request","payload":{"apiKey":"ABC123DEF456ABC123DEF456"}}"#, .wrongKey),
            (#"{"type":"init-request","payload":{"apiKey":""}}"#, .wrongKey),
            (#"{"type":"init-request","payload":{"apiKey":1}}"#, .keyNotText(member: "apiKey")),
            (#"{"type":"init-request","payload":{"password":["ABC123DEF456"]}}"#, .keyNotText(member: "password")),
            (#"{"type":"init-request","payload":{"a":{"apiKey":"ABC123DEF456"}}}"#, .keyMissing),
            (#"{"type":"init-request"}"#, .keyMissing),
            (#"{"type":"hangup-request"}"#, .notInit(type: "hangup-request")),
            (#"{"type":1}"#, .unreadable(.missing(member: "type", type: nil))),
            ("[]", .unreadable(.notJSONObject)), ("", .unreadable(.notJSONObject)),
        ] as [(String, AdmissionRefusal?)]
    )
    func admission(_ text: String, _ refusal: AdmissionRefusal?) {
        #expect(InitRequest.check(Array(text.utf8), against: Self.key).refusal == refusal)
    }

    @Test("An empty key of ours admits nobody")
    func emptyKey() {
        #expect(!APIKey("").isMatched(by: APIKey("")))
    }

    @Test("The request id is echoed where it stood, and a long one nowhere")
    func requestID() throws {
        let outer = try InitRequest(decoding: Array(#"{"type":"init-request","requestId":"7"}"#.utf8))
        #expect(
            String(decoding: outer.response(error: nil), as: UTF8.self)
                == #"{"type":"init-response","requestId":"7","payload":{"success":true}}"#
        )
        let inner = try InitRequest(decoding: Array(#"{"type":"init-request","payload":{"requestId":"7"}}"#.utf8))
        #expect(
            String(decoding: inner.response(error: "no"), as: UTF8.self)
                == #"{"type":"init-response","payload":{"requestId":"7","success":false,"error":"no"}}"#
        )
        let id = String(repeating: "7", count: 201)
        let long = try InitRequest(decoding: Array(#"{"type":"init-request","requestId":"\#(id)"}"#.utf8))
        #expect(long.requestID == nil)
    }

    @Test("An address waits 1 s after a wrong key, then 2 s, at most 60 s; a right key clears it")
    func delays() {
        var admission = AdmissionGuard()
        var now = start
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(admission.keyWasWrong(from: "a", now: now) == .seconds(seconds))
            #expect(!admission.admits("a", now: now + .seconds(seconds) - .milliseconds(1)))
            #expect(admission.admits("b", now: now))
            now += .seconds(seconds)
            #expect(admission.admits("a", now: now))
        }
        admission.keyWasRight(from: "a")
        #expect(admission.keyWasWrong(from: "a", now: now) == .seconds(1))
    }

    @Test("However many addresses guess, so many are remembered")
    func bounded() {
        var admission = AdmissionGuard()
        for number in 0..<5000 { admission.keyWasWrong(from: "\(number)", now: start + .milliseconds(number)) }
        #expect(admission.count == AdmissionGuard.maximumAddresses)
        #expect(!admission.admits("4999", now: start + .seconds(5)))
    }

    @Test("Three take-overs within a minute are a fight, and both are named")
    func fight() {
        var watch = TakeoverWatch()
        #expect(watch.admitted("a", replacing: nil, now: start).isEmpty)
        #expect(watch.admitted("b", replacing: "a", now: start + .seconds(1)).isEmpty)
        #expect(watch.admitted("a", replacing: "b", now: start + .seconds(2)).isEmpty)
        #expect(watch.admitted("b", replacing: "a", now: start + .seconds(3)) == ["a", "b"])
        #expect(watch.admitted("a", replacing: "b", now: start + .seconds(90)).isEmpty)
    }
}
