/// What differs from one modem family to the next: a reviewed value, no code. Sites override single members.
package struct ModemProfile: Equatable, Sendable {
    /// What the modem is connected to: it decides whether there is a SIM and a network to wait for.
    package enum Kind: Equatable, Sendable {
        case gsm, analog
    }

    /// What OK to a dial means. It never means answered by itself.
    package enum OKPolicy: Equatable, Sendable {
        /// The modem took the number; progress comes by other ways.
        case accepted
        /// The digits are out, the line is held, and the modem knows no more.
        case dialed
        /// The dial was cancelled or rejected; CONNECT would be the success.
        case rejected
    }

    /// How a number is dialled.
    package struct DialForm: Equatable, Sendable {
        /// What goes before the number.
        package var prefix: String
        /// What goes after it: `;` keeps the call a voice call (V.250 6.3.1, 27.007 6.2).
        package var suffix: String
        /// What OK means.
        package var okPolicy: OKPolicy
        /// How long the modem may take to answer the dial; nothing else is written meanwhile.
        package var timeout: Duration
        /// True when CONNECT begins data; false where makers use it for an answered voice call.
        package var connectIsData: Bool

        /// The command that dials `number`.
        package func command(for number: DialString) -> ATCommand {
            ATCommand(
                "\(prefix)\(number.text)\(suffix)",
                timeout: timeout,
                startsCall: true,
                entersDataMode: connectIsData
            )
        }
    }

    /// When and how `+CLCC` is asked. A profile without it never asks: some modems drop the call they are setting up.
    package struct CallListPolicy: Equatable, Sendable {
        /// Between two polls until the call is answered, counted from the OK of the dial.
        package var setupInterval: Duration
        /// Between two polls of an answered or ringing call.
        package var activeInterval: Duration
        /// How many polls in a row must miss the call before it is over.
        package var absencesToEnd: Int

        /// `AT+CLCC`.
        package static let command = ATCommand.execute("+CLCC", timeout: .seconds(5))
    }

    /// One try to end a call; the next follows when the call is not proven gone within 3 s.
    package enum HangUpRung: Equatable, Sendable {
        case command(String)
        /// `AT+CHLD=1<id>` (27.007 7.13), skipped when the id is not known.
        case releaseByID
        /// DTR off for half a second, with the modem told to heed it (V.250 6.2.2).
        case dropDTR
    }

    /// The longest a call may stay in a state. Beyond it the call is hung up, so that no state is for ever.
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
    /// Sent in order when the port is open; a refused one is noted and skipped.
    package var setup: [ATCommand]
    /// How to dial to talk.
    package var voiceDial: DialForm
    /// nil where a data call makes no sense.
    package var dataDial: DialForm?
    /// nil where the modem would answer as a modem.
    package var answer: ATCommand?
    /// nil to never ask for the list of calls.
    package var callList: CallListPolicy?
    /// The ladder, gentlest first.
    package var hangUp: [HangUpRung]
    /// Makes the modem start anew; the last resort.
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

    /// Every profile, for lists and for ``named(_:)``.
    package static let all: [Self] = [.genericGSM, .analog]

    /// - Returns: nil when there is no profile of that name.
    package static func named(_ name: String) -> Self? {
        all.first { $0.name == name }
    }
}
