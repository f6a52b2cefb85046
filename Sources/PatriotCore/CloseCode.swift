/// Why we close a WebSocket (RFC 6455 7.4.1): the codes this product sends.
package enum CloseCode: UInt16, Equatable, Sendable {
    case normalClosure = 1000
    /// The daemon stops.
    case goingAway = 1001
    case protocolError = 1002
    /// A text message that is no UTF-8.
    case invalidPayload = 1007
    /// A peer that floods us, did not prove itself, or lost its place to another one with the same key.
    case policyViolation = 1008
    case messageTooBig = 1009
}
