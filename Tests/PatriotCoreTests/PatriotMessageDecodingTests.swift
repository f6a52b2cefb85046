import TestSupport
import Testing

@testable import PatriotCore

/// What may come over the wire, and what is made of it.
struct PatriotMessageDecodingTests {
    @Test(arguments: [
        (
            #"{"type":"authentication-response","payload":{"requestId":"123456","success":true}}"#,
            PatriotMessage.authenticationResponse(requestID: "123456", success: true, error: nil)
        ),
        (
            #"{"type":"authentication-response","payload":{"success":false,"error":"no such key"}}"#,
            .authenticationResponse(requestID: nil, success: false, error: "no such key")
        ),
        (
            #"{"type":"dial-request","payload":{"phoneNo":"+0123456789","rawPhoneNo":"+01 (2) 3-456-789"}}"#,
            .dialRequest(phoneNo: "+0123456789", rawPhoneNo: "+01 (2) 3-456-789")
        ),
        (#"{"type":"hangup-request"}"#, .hangupRequest),
        ("\n { \"type\" :\t\"call-status-request\"\r\n}\n", .callStatusRequest),
        (
            #"{"type":"authentication-request","payload":{"apiKey":"ABC123DEF456"}}"#,
            .authenticationRequest(requestID: nil, apiKey: APIKey("ABC123DEF456"))
        ),
        (
            #"{"type":"call-status-update","payload":{"callActive":true,"outbound":true,"callerId":"123-456-789"}}"#,
            .callStatusUpdate(CallStatus(callActive: true, outbound: true, callerID: "123-456-789"))
        ),
        (
            #"{"type":"call-status-update","payload":{"callActive":false}}"#,
            .callStatusUpdate(CallStatus(callActive: false))
        ),
    ])
    func documentedMessageIsRead(_ text: String, _ expected: PatriotMessage) throws {
        #expect(try decode(text) == expected)
    }

    @Test(arguments: [
        (#"{"payload":{"phoneNo":"5550100"},"type":"dial-request"}"#, dial("5550100")),
        (#"{"type":"dial-request","payload":{"phoneNo":"5550100","line":2},"id":[1,{"a":null}]}"#, dial("5550100")),
        (#"{"type":"dial-request","payload":{"phoneNo":"5550100","rawPhoneNo":null}}"#, dial("5550100")),
        (#"{"type":"dial-request","payload":{"phoneNo":"5550100","rawPhoneNo":17}}"#, dial("5550100")),
        (#"{"type":"dial-request","payload":{"phoneNo":""}}"#, dial("")),
        (#"{"type":"dial-request","payload":{"phoneNo":"555\u0000\r;ATZ"}}"#, dial("555\0\r;ATZ")),
        (#"{"type":"dial-request","payload":{"phoneNo":"\u0035\ud83d\ude00"}}"#, dial("5😀")),
        (#"{"type":"hangup-request","payload":null}"#, .hangupRequest),
        (#"{"type":"hangup-request","payload":{}}"#, .hangupRequest),
        (#"{"type":"hangup-request","payload":[1,2]}"#, .hangupRequest),
        (#"{"type":"call-status-request","payload":"?"}"#, .callStatusRequest),
        (#"{"type":"hangup-request","n":1e999999999,"m":-0.000000000000000000000000000000001}"#, .hangupRequest),
        (
            #"{"type":"hangup-request","n":123456789012345678901234567890123456789012345678901234567890}"#,
            .hangupRequest
        ),
        (#"{"type":"transfer-request","payload":7}"#, .unknown(type: "transfer-request")),
        (#"{"type":"Dial-Request","payload":{"phoneNo":"5550100"}}"#, .unknown(type: "Dial-Request")),
        (#"{"type":"","payload":{}}"#, .unknown(type: "")),
        (#"{"type":"a\u0000b"}"#, .unknown(type: "a\0b")),
        (
            #"{"type":"authentication-response","payload":{"requestId":null,"success":true,"error":5}}"#,
            .authenticationResponse(requestID: nil, success: true, error: nil)
        ),
        // What may be missing counts as missing where it is of the wrong type.
        (
            #"{"type":"authentication-response","payload":{"requestId":1,"success":true}}"#,
            .authenticationResponse(requestID: nil, success: true, error: nil)
        ),
        (
            #"{"type":"authentication-response","payload":{"requestId":{"id":[1.5]},"success":false,"error":["x"]}}"#,
            .authenticationResponse(requestID: nil, success: false, error: nil)
        ),
        (
            #"{"type":"authentication-request","payload":{"requestId":true,"apiKey":"ABC123DEF456"}}"#,
            .authenticationRequest(requestID: nil, apiKey: APIKey("ABC123DEF456"))
        ),
        (
            #"{"type":"dial-request","payload":{"phoneNo":"5550100","rawPhoneNo":5550100}}"#,
            .dialRequest(phoneNo: "5550100", rawPhoneNo: nil)
        ),
        (
            #"{"type":"call-status-update","payload":{"callActive":true,"outbound":"yes","callerId":5550100}}"#,
            .callStatusUpdate(CallStatus(callActive: true))
        ),
    ])
    func oddButHarmlessMessageIsRead(_ text: String, _ expected: PatriotMessage) throws {
        #expect(try decode(text) == expected)
    }

    @Test(arguments: [
        (#"{"payload":{}}"#, PatriotMessageError.missing(member: "type", type: nil)),
        (#"{"type":null}"#, .missing(member: "type", type: nil)),
        (#"{"type":7}"#, .wrongType(member: "type", type: nil)),
        (#"{"type":["dial-request"]}"#, .wrongType(member: "type", type: nil)),
        (#"{"type":"dial-request"}"#, .missing(member: "payload", type: "dial-request")),
        (#"{"type":"dial-request","payload":null}"#, .missing(member: "payload", type: "dial-request")),
        (#"{"type":"dial-request","payload":[]}"#, .wrongType(member: "payload", type: "dial-request")),
        (#"{"type":"dial-request","payload":"5550100"}"#, .wrongType(member: "payload", type: "dial-request")),
        (#"{"type":"dial-request","payload":{}}"#, .missing(member: "phoneNo", type: "dial-request")),
        (
            #"{"type":"dial-request","payload":{"rawPhoneNo":"5550100"}}"#,
            .missing(member: "phoneNo", type: "dial-request")
        ),
        (
            #"{"type":"dial-request","payload":{"phoneNo":null,"rawPhoneNo":"5550100"}}"#,
            .missing(member: "phoneNo", type: "dial-request")
        ),
        (
            #"{"type":"dial-request","payload":{"phoneNo":5550100}}"#,
            .wrongType(member: "phoneNo", type: "dial-request")
        ),
        (
            #"{"type":"authentication-response","payload":{"success":"true"}}"#,
            .wrongType(member: "success", type: "authentication-response")
        ),
        (
            #"{"type":"authentication-response","payload":{"success":1}}"#,
            .wrongType(member: "success", type: "authentication-response")
        ),
        ("", .notJSONObject), ("  ", .notJSONObject), ("null", .notJSONObject), ("[]", .notJSONObject),
        ("7", .notJSONObject), (#""dial-request""#, .notJSONObject), ("{", .notJSONObject), ("}", .notJSONObject),
        (#"{"type":"hangup-request""#, .notJSONObject), (#"{"type":"hangup-request"}}"#, .notJSONObject),
        (#"{"type":"hangup-request"}{"type":"hangup-request"}"#, .notJSONObject),
        ("\"type\": \"hangup-request\"", .notJSONObject), ("{type:hangup-request}", .notJSONObject),
        ("GET / HTTP/1.1\r\n\r\n", .notJSONObject), ("\"\\", .notJSONObject),
        ("{\"type\":\"hangup\0request\"}", .notJSONObject),
    ])
    func badMessageIsATypedError(_ text: String, _ expected: PatriotMessageError) {
        #expect(throws: expected) { try decode(text) }
    }

    @Test
    func memberGivenTwiceCountsOnce() throws {
        let message = try decode(#"{"type":"dial-request","payload":{"phoneNo":"5550100","phoneNo":"5550101"}}"#)
        #expect(message == dial("5550100") || message == dial("5550101"))
        _ = try decode(#"{"type":"hangup-request","type":"hangup-request","payload":1,"payload":2}"#)
    }

    @Test
    func sizeIsCapped() throws {
        let frame = #"{"type":"hangup-request","filler":""}"#
        let filler = String(repeating: "x", count: PatriotMessage.maximumSize - frame.utf8.count)
        let largest = #"{"type":"hangup-request","filler":"\#(filler)"}"#
        #expect(try decode(largest) == .hangupRequest)
        #expect(throws: PatriotMessageError.tooLarge(PatriotMessage.maximumSize + 1)) { try decode(largest + " ") }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depthIsCapped(_ open: String, _ close: String) throws {
        func message(_ depth: Int) -> String {
            let inner = String(repeating: open, count: depth - 1) + "1" + String(repeating: close, count: depth - 1)
            return #"{"type":"hangup-request","payload":\#(inner)}"#
        }
        #expect(try decode(message(PatriotMessage.maximumDepth)) == .hangupRequest)
        #expect(throws: PatriotMessageError.tooDeep) { try decode(message(PatriotMessage.maximumDepth + 1)) }
        #expect(throws: PatriotMessageError.tooDeep) { try decode(String(repeating: open, count: 10_000)) }
    }

    @Test
    func bracketsInStringsAreNoDepth() throws {
        let brackets = String(repeating: #"[{\"\\"#, count: 100)
        #expect(try decode(#"{"type":"hangup-request","note":"\#(brackets)"}"#) == .hangupRequest)
    }

    @Test(
        arguments: [
            [0xFF], [0x7B, 0xC3, 0x28, 0x7D], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func badUTF8IsATypedError(_ bytes: [UInt8]) {
        #expect(throws: PatriotMessageError.notUTF8) { try PatriotMessage(decoding: bytes) }
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00x""#, #""\u12""#, #""\x""#, "\"\n\"",
    ])
    func badStringIsATypedError(_ string: String) {
        #expect(throws: PatriotMessageError.self) {
            try decode(#"{"type":"dial-request","payload":{"phoneNo":\#(string)}}"#)
        }
    }

    /// Every prefix of a message, and the message with each byte replaced, is a message or a typed error.
    @Test
    func mutilatedMessagesNeverTrap() {
        let bytes = Array(#"{"type":"dial-request","payload":{"phoneNo":"+49\u0033","rawPhoneNo":"é \"x"}}"#.utf8)
        for end in bytes.indices {
            #expect(throws: PatriotMessageError.self) { try PatriotMessage(decoding: bytes[..<end]) }
        }
        var generator = SeededGenerator(seed: 20)
        var readable = 0
        for index in bytes.indices {
            for _ in 0..<20 {
                var mutilated = bytes
                mutilated[index] = UInt8.random(in: 0...255, using: &generator)
                if (try? PatriotMessage(decoding: mutilated)) != nil { readable += 1 }
            }
        }
        #expect(readable > 0)
    }
}

private func decode(_ text: String) throws -> PatriotMessage {
    try PatriotMessage(decoding: text.utf8)
}

private func dial(_ phoneNo: String) -> PatriotMessage {
    .dialRequest(phoneNo: phoneNo, rawPhoneNo: nil)
}
