import Basics

/// What a session has to tell a person, one sentence each, for the log.
package enum SessionNote: Equatable, Sendable {
    /// A message that could not be read.
    case undecodable(PatriotMessageError)
    /// A message of a type this version does not know.
    case unknownType(String)
    /// A request before the key was accepted: ignored.
    case ignoredBeforeAuthentication(type: String)
    /// An `authentication-response` to somebody else's request.
    case foreignAuthenticationResponse
    /// A documented message that makes no sense now, or in this direction.
    case unexpected(type: String)
    /// Patriot did not answer the `authentication-request` in time.
    case authenticationTimeout
    /// A `dial-request` during a call: the call goes on.
    case dialIgnoredDuringCall
    /// A `dial-request` waits until the line is free.
    case dialQueued
    /// A newer `dial-request` took the place of the waiting one.
    case queuedDialReplaced
    case queuedDialDropped(DropReason)
    /// More notes about bad messages were due than a log should take.
    case notesSuppressed(count: Int)

    /// Why a waiting `dial-request` is not dialled.
    package enum DropReason: Equatable, Sendable {
        case hangupRequest, connectionLost, lineNotFreeInTime
    }

    /// True when the dial that waited ended so, and not the newest.
    package var concernsQueuedDial: Bool {
        switch self {
        case .queuedDialReplaced, .queuedDialDropped: true
        case .undecodable, .unknownType, .ignoredBeforeAuthentication, .foreignAuthenticationResponse, .unexpected,
            .authenticationTimeout, .dialIgnoredDuringCall, .dialQueued, .notesSuppressed:
            false
        }
    }

    /// Whether it tells that a `dial-request` came to nothing.
    package var isEndOfDialRequest: Bool {
        switch self {
        case .dialIgnoredDuringCall, .queuedDialReplaced, .queuedDialDropped: true
        case .undecodable, .unknownType, .ignoredBeforeAuthentication, .foreignAuthenticationResponse, .unexpected,
            .authenticationTimeout, .dialQueued, .notesSuppressed:
            false
        }
    }
}

extension SessionNote {
    /// Why a dial came to nothing, as the end of a sentence; nil for a note of something else.
    package var dialRefusal: String? {
        switch self {
        case .dialIgnoredDuringCall: "a call is in progress: hangup ends it"
        case .queuedDialReplaced: "a newer dial-request replaced it while it waited"
        case .queuedDialDropped(.hangupRequest): "a hang-up dropped it while it waited"
        case .queuedDialDropped(.connectionLost): "the connection to Patriot was lost while it waited"
        case .queuedDialDropped(.lineNotFreeInTime): "the line did not become free in time"
        case .undecodable, .unknownType, .ignoredBeforeAuthentication, .foreignAuthenticationResponse, .unexpected,
            .authenticationTimeout, .dialQueued, .notesSuppressed:
            nil
        }
    }
}

extension SessionNote: CustomStringConvertible {
    package var description: String {
        switch self {
        case .undecodable(let error):
            "Patriot sent something that is ignored: \(error)."
        case .unknownType(let type):
            "Patriot sent a message of the unknown type \"\(ForeignText(type))\", which is ignored."
        case .ignoredBeforeAuthentication(let type):
            "Patriot sent \(ForeignText(type)) before it accepted the API key; it is ignored."
        case .foreignAuthenticationResponse:
            "Patriot sent an authentication-response to another request; it is ignored."
        case .unexpected(let type):
            "Patriot sent \(type), which is not expected now and is ignored."
        case .authenticationTimeout:
            "Patriot did not answer the authentication-request within"
                + " \(SessionMachine.authenticationTime.components.seconds) s: is a Patriot Client listening on this port?"
        case .dialIgnoredDuringCall:
            "A dial-request during a call is rejected; the call continues (DIAL_DURING_CALL=replace would end it)."
        case .dialQueued:
            "A dial-request waits until the line is free."
        case .queuedDialReplaced:
            "A newer dial-request replaced the waiting one."
        case .queuedDialDropped(let reason):
            "The waiting dial-request is dropped: \(reason)."
        case .notesSuppressed(let count):
            "\(count) more messages like these came in the last minute."
        }
    }
}

extension SessionNote.DropReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hangupRequest: "the operator hung up"
        case .connectionLost: "the connection to Patriot was lost"
        case .lineNotFreeInTime:
            "the line was not free within \(SessionMachine.queuedDialTime.components.seconds) s"
        }
    }
}
