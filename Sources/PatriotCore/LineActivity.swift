/// What the telephone line is doing, in the words Patriot can be told.
package enum LineActivity: Equatable, Sendable {
    case idle
    /// We dialled, from just before the number is written to the modem until the line is free.
    /// - `callerID`: `phoneNo` as received.
    /// - `replaceable`: an analog call handed over to the handset, of which nothing more is known: a new
    ///   `dial-request` takes its place, or the operator would be locked out.
    case outbound(callerID: String?, replaceable: Bool)
    /// Somebody calls, or called and was answered.
    /// - `callerID`: nil when it is withheld or unknown.
    /// - `endable`: false while the line rings and the modem cannot make it stop.
    case incoming(callerID: String?, endable: Bool)
    /// The call is being ended, and the modem has not confirmed it yet.
    case hangingUp(outbound: Bool, callerID: String?)
    /// Somebody calls, and Patriot is not to be told (`INCOMING=ignore` and `reject`).
    case unwanted(Unwanted)

    /// What becomes of a call that Patriot is not told of.
    package enum Unwanted: Equatable, Sendable {
        /// It rings.
        /// - `endable`: false where the modem cannot make it stop.
        case ringing(endable: Bool)
        case hangingUp
    }
}

/// What Patriot wants done with the line.
package enum LineRequest: Equatable, Sendable {
    /// Dial. The text is `phoneNo` as received: unchecked, ``NumberRules`` judges it.
    case dial(phoneNo: String)
    /// End whatever there is, and clear any stuck state.
    case hangUp
}

/// What a `dial-request` does to a live call (`DIAL_DURING_CALL`).
package enum DialDuringCall: String, Sendable, CaseIterable {
    /// The live call goes on: somebody may be in danger.
    case keep
    /// The live call is hung up, then the new number is dialled.
    case replace
}
