/// ^DSCI as ZTE, Leadcore and ASR write it: `<id>,<dir>,<stat>,<mode>,<mpty>,"<number>",<type>,…` with the states of +CLCC, 6 for
/// the end. Quectel's line of the same name has numbers of its own.
enum DSCIReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("^DSCI:") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let direction = CallDirection(row: fields.integer(1)),
            let stat = fields.integer(2), let mode = fields.integer(3)
        else { return nil }
        let isVoice = CallListEntry.isVoice(mode: mode)
        if stat == 6 { return [isVoice ? .released(id: id, .unexplained) : .dataReleased(id: id)] }
        return CallListEntry.state(stat).map { state in
            let progress = CallProgress(id: id, direction: direction, state: state, number: fields.number(5))
            return [isVoice ? .progress(progress) : .dataCall(progress)]
        } ?? (isVoice ? nil : [])
    }
}
