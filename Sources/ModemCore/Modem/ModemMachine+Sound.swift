/// The commands that make the modem carry a call's sound, behind everything else that there is to say to it.
extension ModemMachine {
    mutating func soundDeadlineReached(now: Instant) -> [Action] {
        perform(sound.deadlineReached(isFree: !chat.isBusy && !chat.isOnline, now: now), now: now)
    }

    mutating func perform(_ actions: [SoundMachine.Action], now: Instant) -> [Action] {
        actions.flatMap { action -> [Action] in
            switch action {
            case .send(let command): perform(chat.send(command, for: .sound, now: now), now: now)
            case .abort: perform(chat.abort(.sound, now: now), now: now)
            case .note(let note): [.note(note)]
            }
        }
    }
}
