import Testing

@testable import PatriotCore

struct PatriotMessageEncodingTests {
    static let messages: [(PatriotMessage, String)] = [
        (
            .authenticationRequest(requestID: "123456", apiKey: APIKey("ABC123DEF456")),
            #"{"type":"authentication-request","payload":{"requestId":"123456","apiKey":"ABC123DEF456"}}"#
        ),
        (
            .authenticationRequest(requestID: nil, apiKey: APIKey(#"a&<"\b"#)),
            #"{"type":"authentication-request","payload":{"apiKey":"a&<\"\\b"}}"#
        ),
        (
            .authenticationResponse(requestID: "1", success: false, error: "Schlüssel\n\u{1}\u{1F}?"),
            #"{"type":"authentication-response","payload":"#
                + #"{"requestId":"1","success":false,"error":"Schlüssel\u000a\u0001\u001f?"}}"#
        ),
        (
            .dialRequest(phoneNo: "+0123456789", rawPhoneNo: "+01 (2) 3-456-789"),
            #"{"type":"dial-request","payload":{"phoneNo":"+0123456789","rawPhoneNo":"+01 (2) 3-456-789"}}"#
        ),
        (.hangupRequest, #"{"type":"hangup-request"}"#),
        (.callStatusRequest, #"{"type":"call-status-request"}"#),
        (
            .callStatusUpdate(CallStatus(callActive: true, outbound: false, callerID: "+491 23")),
            #"{"type":"call-status-update","payload":{"callActive":true,"outbound":false,"callerId":"+491 23"}}"#
        ),
        (
            .callStatusUpdate(CallStatus(callActive: false)),
            #"{"type":"call-status-update","payload":{"callActive":false}}"#
        ),
        (.unknown(type: "x-\0"), #"{"type":"x-\u0000"}"#),
    ]

    @Test(arguments: messages)
    func membersAreInTheDocumentedOrder(_ message: PatriotMessage, _ text: String) {
        #expect(String(decoding: message.encoded(), as: UTF8.self) == text)
    }

    @Test(arguments: messages)
    func whatIsWrittenCanBeRead(_ message: PatriotMessage, _ text: String) throws {
        #expect(try PatriotMessage(decoding: message.encoded()) == message)
    }

    @Test
    func keyIsNeverPrinted() {
        let key = APIKey("ABC123DEF456")
        let message = PatriotMessage.authenticationRequest(requestID: "1", apiKey: key)
        var dumped = ""
        dump(message, to: &dumped)
        let printed = ["\(key)", String(reflecting: key), "\(message)", String(reflecting: message), dumped]
        #expect(printed.allSatisfy { !$0.contains("ABC123") })
    }

    @Test(arguments: [
        (PatriotMessage.dialRequest(phoneNo: "+61491570156", rawPhoneNo: "+61 491 570 156"), "dial-request …156"),
        (.dialRequest(phoneNo: "x\r\n", rawPhoneNo: nil), "dial-request …"),
        (
            .callStatusUpdate(CallStatus(callActive: true, outbound: true, callerID: "5550100")),
            "call-status-update outbound call, …100"
        ),
        (.callStatusUpdate(CallStatus(callActive: true, outbound: false)), "call-status-update incoming call"),
        (.callStatusUpdate(CallStatus(callActive: false)), "call-status-update no call"),
        (
            .authenticationResponse(requestID: nil, success: false, error: "no\nway\u{202E}"),
            #"authentication-response refused: no\nway\u{202E}"#
        ),
        (
            .unknown(type: String(repeating: "a", count: 300)),
            "unknown type " + String(repeating: "a", count: 200) + "…"
        ),
    ])
    func descriptionIsOneSafeLine(_ message: PatriotMessage, _ description: String) {
        #expect(message.description == description)
    }
}
