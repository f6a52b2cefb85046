import Basics

/// The six messages of the Desktop API Dialler protocol, and whatever else arrives.
package enum PatriotMessage: Equatable, Sendable {
    /// Ours, and the first one: who we are.
    case authenticationRequest(requestID: String?, apiKey: APIKey)
    case authenticationResponse(requestID: String?, success: Bool, error: String?)
    /// - `rawPhoneNo`: what the operator typed. For people's eyes only, it is never dialled.
    case dialRequest(phoneNo: String, rawPhoneNo: String?)
    case hangupRequest
    case callStatusRequest
    /// Ours: on each change, and as the answer to a request.
    case callStatusUpdate(CallStatus)
    /// A type this version does not know; its payload is not looked at.
    case unknown(type: String)

    /// The `type` member of the six.
    enum Kind: String {
        case authenticationRequest = "authentication-request"
        case authenticationResponse = "authentication-response"
        case dialRequest = "dial-request"
        case hangupRequest = "hangup-request"
        case callStatusRequest = "call-status-request"
        case callStatusUpdate = "call-status-update"
    }

    /// The `type` member on the wire.
    package var type: String {
        switch self {
        case .authenticationRequest: Kind.authenticationRequest.rawValue
        case .authenticationResponse: Kind.authenticationResponse.rawValue
        case .dialRequest: Kind.dialRequest.rawValue
        case .hangupRequest: Kind.hangupRequest.rawValue
        case .callStatusRequest: Kind.callStatusRequest.rawValue
        case .callStatusUpdate: Kind.callStatusUpdate.rawValue
        case .unknown(let type): type
        }
    }
}

extension PatriotMessage {
    /// The message without the key in what is only told to people.
    package func hiding(_ key: APIKey) -> PatriotMessage {
        switch self {
        case .authenticationResponse(let requestID, let success, let error):
            .authenticationResponse(requestID: requestID, success: success, error: error.map(key.hidden))
        case .unknown(let type): .unknown(type: key.hidden(in: type))
        case .authenticationRequest, .dialRequest, .hangupRequest, .callStatusRequest, .callStatusUpdate: self
        }
    }
}

extension PatriotMessage: CustomStringConvertible {
    /// One line for logs and transcripts: numbers masked, the key not shown, foreign text made visible.
    package var description: String {
        switch self {
        case .authenticationRequest, .hangupRequest, .callStatusRequest:
            type
        case .authenticationResponse(_, true, _):
            "\(type) success"
        case .authenticationResponse(_, false, let error):
            "\(type) refused: \(Self.reason(error))"
        case .dialRequest(let phoneNo, _):
            "\(type) \(PhoneNumber.masked(phoneNo))"
        case .callStatusUpdate(let status):
            "\(type) \(status)"
        case .unknown(let type):
            "unknown type \(ForeignText(type))"
        }
    }

    /// Of an authentication-response.
    static func reason(_ error: String?) -> ForeignText { ForeignText(error ?? "no reason given") }
}
