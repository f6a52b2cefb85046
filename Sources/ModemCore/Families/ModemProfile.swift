/// What differs from one modem family to the next: a reviewed value, no code. Sites override single members.
package struct ModemProfile: Equatable, Sendable {
    /// What the modem is connected to: it decides whether there is a SIM and a network to wait for.
    package enum Kind: Equatable, Sendable {
        case gsm, analog
    }

    /// What OK to a dial means. It never means answered by itself.
    package enum OKPolicy: String, CaseIterable, Sendable {
        /// The modem took the number; progress comes by other ways.
        case accepted
        /// The digits are out, the line is held, and the modem knows no more.
        case dialed
        /// The dial was cancelled or rejected; CONNECT would be the success.
        case rejected
        /// The remote end answered; nothing is written until then.
        case answered
        /// The first OK takes the number, a second one tells that the remote end answered.
        case startedThenAnswered = "started-then-answered"
    }

    /// How a number is dialled.
    package struct DialForm: Equatable, Sendable {
        /// What goes before the number.
        package var prefix: String
        /// What goes after it: `;` keeps the call a voice call (V.250 6.3.1, 27.007 6.2).
        package var suffix: String
        /// What OK means.
        package var okPolicy: OKPolicy
        /// How long the modem may take to answer the dial while it reports the call; nothing else is written meanwhile.
        package var timeout: Duration
        /// True when CONNECT begins data; false where makers use it for an answered voice call.
        package var connectIsData: Bool

        /// How long a modem that says nothing else about the call may take to answer: where OK only takes the number it comes
        /// within seconds.
        package var answerTime: Duration {
            switch okPolicy {
            case .accepted, .startedThenAnswered: min(timeout, .seconds(20))
            case .dialed, .rejected, .answered: timeout
            }
        }

        /// The command that dials `number`.
        package func command(for number: DialString) -> ATCommand {
            ATCommand(
                "\(prefix)\(number.text)\(suffix)",
                timeout: answerTime,
                startsCall: true,
                entersDataMode: connectIsData
            )
        }
    }

    /// When and how `+CLCC` is asked. A profile without it never asks: some modems drop the call they are setting up.
    package struct CallListPolicy: Equatable, Sendable {
        /// From when on the list may be asked for: before, nothing is written.
        package enum Start: Equatable, Sendable {
            /// The modem took the number.
            case accepted
            /// A report told that the remote end is rung.
            case alerting
            /// The call is answered.
            case answered
        }

        /// From when on an outbound call may be asked for.
        package var start: Start = .accepted
        /// Between two polls until the call is answered, counted from the OK of the dial, and while the line rings.
        package var setupInterval: Duration
        /// Between two polls of an answered call.
        package var activeInterval: Duration
        /// How many polls in a row must miss the call before it is over.
        package var absencesToEnd: Int

        /// `AT+CLCC`.
        package static let command = ATCommand.execute("+CLCC", timeout: .seconds(5))
    }

    /// What the answers to `+CGMI`, `+CGMM` and `ATI` hold when the profile fits: any of these, in any case of letters.
    package struct Identification: Equatable, Sendable {
        /// Models are looked for first, in all profiles: a maker may have families that differ.
        package var models: [String] = []
        /// Makers all of whose modems are of this family.
        package var makers: [String] = []
    }

    /// The longest a call may stay in a state. Beyond it the call is hung up, so that no state is forever.
    package struct CallLimits: Equatable, Sendable {
        /// From the OK of the dial until the remote end is rung.
        package var dialing: Duration = .seconds(120)
        /// Ringing there.
        package var alerting: Duration = .seconds(180)
        /// An answered call, or one of which nothing more is known.
        package var talking: Duration = .seconds(4 * 3600)
        /// After the last ring.
        package var ringGap: Duration = .seconds(10)
    }

    /// As the site names it in MODEM_PROFILE.
    package var name: String
    /// GSM module or analog modem.
    package var kind: Kind
    /// By what the modem says it is.
    package var identification = Identification()
    /// Sent in order when the port is open; a refused one is noted and skipped.
    package var setup: [ATCommand]
    /// How to dial to talk.
    package var voiceDial: DialForm
    /// nil where a data call makes no sense.
    package var dataDial: DialForm?
    /// nil where the modem would answer as a modem.
    package var answer: ATCommand?
    /// nil to never ask for the list of calls while a call is up.
    package var callList: CallListPolicy?
    /// True when the modem knows `+CLCC` at all: asked at the start, and to prove a hang-up, when it can do no harm.
    package var canListCalls: Bool
    /// The ladder, gentlest first.
    package var hangUp: [HangUpRung]
    /// Makes the modem start again; the last resort.
    package var reset: ATCommand
    /// True when a hang-up makes the line stop ringing.
    package var canReject: Bool
    /// The lines it understands.
    package var reports: [ReportGrammar]
    /// Periodic lines that mean nothing.
    package var noisePrefixes: [String]
    /// Lines by which the modem tells that it has just started.
    package var resetBanners: [String]
    /// Sent each 30 s when nothing else is going on; any answer proves life.
    package var probes: [ATCommand]
    /// How long a call may stay in a state.
    package var limits = CallLimits()
    /// For how long after an end the modem may still tell it in other words, NO CARRIER after its own report for one. The next
    /// dial waits so long, so that they are not taken for its answer.
    package var endTrailer: Duration?
    /// True when `+CEER` tells why the last call failed (27.007 6.10).
    package var explainsFailures = false
    /// How to learn whether the modem may make voice calls at all; nil where there is no question for it.
    package var voiceCheck: VoiceCheck?
    /// The rows of the family in the table of AT commands.
    package var commands: [ATCommandRule] = []
    /// True when the modem sends shielded events, `<DLE>` and a letter, between its lines (V.253).
    package var hasShieldedEvents = false

    /// How it carries the sound of calls over USB; nil where it cannot, or nobody has found out how.
    package var sound: CallSound?

    /// False when the numbers of calls in the maker's reports are not those of `+CLCC`.
    package var reportIDsAreListed = true

    /// True when the modem tells by itself where a call is.
    package var reportsProgress: Bool { reports.contains { $0.tellsProgress } }

    /// Every profile, for lists, for ``named(_:)`` and for ``identified(by:)``.
    package static let all: [Self] = [
        .genericGSM,
        .analog,
        .analogVoice,
        .usRobotics,
        .cinterion,
        .ericsson,
        .huawei,
        .intelXMM,
        .nokia,
        .quectel,
        .sierra,
        .simcom,
        .simcom7600,
        .telit,
        .ublox,
        .zte,
        .zteMF,
    ]

    /// - Returns: nil when there is no profile of that name.
    package static func named(_ name: String) -> Self? {
        all.first { $0.name == name }
    }

    /// - Parameter lines: what the modem answered to the questions who it is.
    /// - Returns: nil when no profile knows the modem.
    package static func identified(by lines: [String]) -> Self? {
        let text = lines.joined(separator: "\n").uppercased()
        func holds(_ names: [String]) -> Bool { names.contains { text.contains($0.uppercased()) } }
        return all.first { holds($0.identification.models) } ?? all.first { holds($0.identification.makers) }
    }
}
