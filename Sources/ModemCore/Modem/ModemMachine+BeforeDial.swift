/// The site's AT line before each dial (MODEM_BEFORE_DIAL).
///
/// It is queued in front of the dial. Whatever becomes of it, the dial follows; nothing else waits for it.
extension ModemMachine {
    mutating func sendBeforeDial(now: Instant) -> [Action] {
        guard let command = options.beforeDialCommand else { return [] }
        return perform(chat.send(command, for: .beforeDial, now: now), now: now)
    }

    /// The dial is taken back, or something more urgent waits behind the line: it is taken back or cut short.
    mutating func endBeforeDial(now: Instant) -> [Action] {
        perform(chat.withdraw(.beforeDial), now: now) + perform(chat.abort(.beforeDial, now: now), now: now)
    }
}
