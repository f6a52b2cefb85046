package import ModemCore

/// One line of the call records: what happened to a call, and when.
///
/// A call has one start and one end, which have its identity in common, and between them one answer if it was answered. A dial
/// that was not even tried has one record in all.
package struct CallRecord: Equatable, Sendable {
    /// Who wanted the call.
    package enum Requester: String, CaseIterable, Sendable {
        case patriot
        /// A person at the control socket.
        case control
        /// Nobody here: it came in, or was begun at the modem itself.
        case modem
    }

    /// Which call it is: the same in all of its records, except for a caller's number that comes late.
    package struct Subject: Equatable, Sendable {
        /// Unlike every other call's.
        package var id: String
        /// The line's name.
        package var line: String
        /// Outbound for a call that was dialled here or at the modem.
        package var direction: CallDirection
        /// As it was asked for, or the caller's; nil when withheld or not known.
        package var number: String?
        /// What was dialled, if it differs from the number: with a prefix, say.
        package var dialled: String?
        /// Who wanted it.
        package var requestedBy: Requester

        package init(
            id: String,
            line: String,
            direction: CallDirection,
            number: String?,
            dialled: String? = nil,
            requestedBy: Requester
        ) {
            self.id = id
            self.line = line
            self.direction = direction
            self.number = number
            self.dialled = dialled
            self.requestedBy = requestedBy
        }
    }

    /// How a call ended.
    package struct Ending: Equatable, Sendable {
        /// One word: ``ReleaseCause/name``, or ``unknown``'s.
        package var result: String
        /// One sentence.
        package var reason: String
        /// Since the start; nil when it is not known when the call ended.
        package var duration: Duration?
        /// Since the answer was seen; nil when there was none, or the modem cannot tell.
        package var answered: Duration?

        package init(result: String, reason: String, duration: Duration? = nil, answered: Duration? = nil) {
            self.result = result
            self.reason = reason
            self.duration = duration
            self.answered = answered
        }

        /// The daemon was ended in the call, or its modem silent, and nobody could see when the call ended.
        package static let unknown = Ending(
            result: "unknown-end",
            reason: ReleaseCause.unknownEnd.explanation
        )
    }

    /// What happened.
    package enum Event: Equatable, Sendable {
        /// - Parameter isAdopted: true when the call was already up when it was first seen.
        case start(isAdopted: Bool)
        case answered
        case end(Ending)
        /// A dial was not tried, for this reason.
        case refused(reason: String)
    }

    /// The call it happened to.
    package var subject: Subject
    /// When it was known here, not when the record was written.
    package var time: WallClockTime
    /// What happened to it.
    package var event: Event

    package init(_ subject: Subject, _ event: Event, at time: WallClockTime) {
        self.subject = subject
        self.event = event
        self.time = time
    }

    /// The word for the result of a dial that was not tried.
    package static let refusedResult = "refused"
}
