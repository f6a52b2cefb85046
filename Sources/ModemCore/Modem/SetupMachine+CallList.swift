/// The calls that are up already, asked for before the modem counts as ready.
extension SetupMachine {
    /// A plain ERROR means that there is no list only when it comes each time.
    private static let maximumListRefusals = 3

    mutating func askCallList() -> [Action] {
        guard profile.canListCalls else { return askRegistration(.circuit) }
        step = .callList
        return [.send(ModemProfile.CallListPolicy.command)]
    }

    /// The question waits for its time.
    var isListAskedAgain: Bool { listBusySince != nil || listRefusals > 0 }

    /// A modem that was just opened may refuse its list of calls for a moment, and hold a call: it is asked again.
    mutating func callListReceived(_ reply: ATReply, now: Instant) -> [Action] {
        if isRefusedForNow(reply, now: now) {
            retryAt = now + Timing.listBusy
            return []
        }
        listBusySince = nil
        listRefusals = 0
        let entries = [CallListEntry](reply)
        return (entries.isEmpty ? [] : [.adopt(entries)]) + (reply.isOK ? [] : [.listRefused])
            + askRegistration(.circuit)
    }

    private mutating func isRefusedForNow(_ reply: ATReply, now: Instant) -> Bool {
        switch reply.ending {
        case .result(.cmeError(3)), .result(.cmeError(4)), .result(.unsupported):
            return false
        case .result(.cmeError):
            let since = listBusySince ?? now
            listBusySince = since
            return now - since < Timing.simBusyLimit
        case .result(.error), .timedOut:
            listRefusals += 1
            return listRefusals < Self.maximumListRefusals
        case .result, .withdrawn, .portClosed:
            return false
        }
    }
}
