import ModemCore

/// A profile's values in the words of hardware.md.
struct HardwareWording {
    let profile: ModemProfile

    /// The rows of the section's table that the values decide.
    var rows: [(name: String, text: String)] {
        [
            ("Works", works),
            ("Chosen", chosen),
            ("Setup", setup),
            ("Dial", dial),
            ("OK to the dial", okPolicy),
            ("Reports", reports),
            ("Calls listed", callList),
            ("Hang-up", hangUp),
            ("Asked besides", questions),
            ("Restart shows as", banners),
        ]
    }

    /// `dialling 120 s, …`
    var limits: String {
        let limits = profile.limits
        return
            "dialling \(text(limits.dialing)), ringing there \(text(limits.alerting)), talking \(text(limits.talking)), "
            + "after the last ring \(text(limits.ringGap))"
    }

    /// The lines with which the setup of every profile of that kind begins.
    static func commonSetup(of kind: ModemProfile.Kind) -> [String] {
        let setups = ModemProfile.all.filter { $0.kind == kind }.map { $0.setup.map(\.text) }
        let shortest = setups.min { $0.count < $1.count } ?? []
        let length = shortest.indices.first { index in setups.contains { $0[index] != shortest[index] } }
        return Array(shortest.prefix(length ?? shortest.count))
    }

    // MARK: Rows

    private var works: String {
        let follows = profile.callList != nil || profile.reportsProgress
        let middle = follows ? ["follow the call"] : profile.hasShieldedEvents ? ["hear the line's tones"] : []
        let incoming = ["report"] + (profile.canReject ? ["reject"] : []) + (profile.answer == nil ? [] : ["answer"])
        return (["dial"] + middle + ["hang up"]).joined(separator: ", ")
            + "; incoming calls: " + incoming.joined(separator: ", ")
    }

    private var chosen: String {
        let words = profile.identification.models + profile.identification.makers
        if !words.isEmpty { return "`auto`, by \(list(words)) in what the modem says it is" }
        switch profile.name {
        case ModemProfile.genericGSM.name: return "`auto`, when no other GSM profile fits"
        case ModemProfile.analog.name: return "`auto`, when no other analog profile fits"
        default: return "by name only: `MODEM_PROFILE=\(profile.name)`"
        }
    }

    private var setup: String {
        let own = profile.setup.map(\.text).dropFirst(Self.commonSetup(of: profile.kind).count)
        return own.isEmpty ? "the common lines" : "then \(list(own))"
    }

    private var dial: String {
        func line(_ form: ModemProfile.DialForm) -> String {
            "`\(form.prefix)…\(form.suffix)`, result within \(text(form.timeout))"
        }
        let data = profile.dataDial.map { "; with `MODEM_DIAL_MODE=data` \(line($0))" }
        return line(profile.voiceDial) + (data ?? "")
    }

    private var okPolicy: String {
        let policy = profile.voiceDial.okPolicy
        let meaning =
            switch policy {
            case .accepted: "the number was taken, no more"
            case .dialed: "the digits are out, the line is held, and the modem knows no more"
            case .rejected: "the call has failed; `CONNECT` is the answer"
            case .answered: "the other side answered"
            case .startedThenAnswered: "the number was taken; a second OK is the answer"
            }
        return "`\(policy.rawValue)`: \(meaning)"
    }

    private var reports: String {
        let words: [String] = profile.reports.compactMap { grammar in
            switch grammar {
            case .standard: nil
            case .analogCallerID: "caller ID"
            case .voiceClass: "`RINGING`, `<DLE>` events"
            case .cinterion: "`^SLCC`"
            case .dsci: "`^DSCI`"
            case .ericsson: "`*ECAV`, `*CPI`"
            case .huawei: "`^ORIG`, `^CONF`, `^CONN`, `^CEND`"
            case .intelXMM: "`+XCALLSTAT`"
            case .quectel: "`+QIND: \"ccinfo\"`, `^DSCI`"
            case .simcom: "`+CLCC` unasked, `MO RING`, `MO CONNECTED`, `VOICE CALL`"
            case .sierra: "`+WIND`"
            case .telit: "`#ECAM`"
            case .ublox: "`+UCALLSTAT`"
            case .zte: "`HANGUP`"
            }
        }
        return words.isEmpty ? "none of its own" : words.joined(separator: ", ")
    }

    private var callList: String {
        guard let policy = profile.callList else { return "never" }
        let (setup, active) = (text(policy.setupInterval), text(policy.activeInterval))
        let times =
            switch policy.start {
            case .accepted: "from the OK on every \(setup), once answered every \(active)"
            case .alerting: "from the ringing there on every \(setup), once answered every \(active)"
            case .answered: "not before the answer, then every \(active); an incoming call every \(setup)"
            }
        return "\(times); \(policy.absencesToEnd) lists without the call end it"
    }

    private var hangUp: String {
        profile.hangUp.map { rung in
            let means =
                switch rung.means {
                case .command(let text): "`\(text)`"
                case .releaseByID: "`AT+CHLD=1x`"
                case .dropDTR: "DTR"
                }
            switch rung.condition {
            case .always: return means
            case .onceAlerting: return means + " (once it rings there)"
            }
        }.joined(separator: ", ")
    }

    private var questions: String {
        let check = profile.voiceCheck.map { "`\($0.command.text)` at the start" }
        let explanation = profile.explainsFailures ? "`AT+CEER` after a failure" : nil
        let questions = [check, explanation].compactMap { $0 }
        return questions.isEmpty ? "nothing" : questions.joined(separator: "; ")
    }

    private var banners: String {
        profile.resetBanners.isEmpty ? "none known" : list(profile.resetBanners)
    }

    // MARK: Words

    private func list(_ words: some Sequence<String>) -> String {
        words.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// `500 ms`, `2 s`, `4 h`
    private func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if duration != .seconds(seconds) { return "\(duration.components.attoseconds / 1_000_000_000_000_000) ms" }
        return seconds > 0 && seconds % 3600 == 0 ? "\(seconds / 3600) h" : "\(seconds) s"
    }
}
