/// How a simulated modem starts, and the faults it has from the beginning.
package struct SimulatedModemOptions: Equatable, Sendable {
    /// What a dialled party does, unless `reactions` names the number.
    package var reaction: RemoteReaction = .answerAfter(.seconds(4))
    /// By dialled number, without modifiers.
    package var reactions: [String: RemoteReaction] = [:]
    /// All times are divided by it: 10 makes a 5 s ring interval half a second. Positive.
    package var speed: Double = 1
    /// From a command to its reply.
    package var replyDelay: Duration = .milliseconds(20)
    /// Output comes in pieces of 1 to this many bytes; nil: whole lines.
    package var chunkSize: Int?
    /// Seeds the piece sizes.
    package var seed: UInt64 = 1
    /// Unsolicited lines, one before each reply, in turn.
    package var noise: [String] = []
    /// Echo at power-on (E1).
    package var echo = true
    /// ATH says OK and does nothing; +CVHU=0 is refused.
    package var lyingHangUp = false
    /// Anything written before the remote telephone rings ends the call, as on some sticks.
    package var fragileSetup = false
    /// The SIM asks for this PIN; nil: no PIN.
    package var simPIN: String?
    /// How often a wrong PIN may be entered before the SIM wants its PUK.
    package var pinAttempts = 3
    /// Whether there is a SIM in it.
    package var hasSIM = true
    /// Shown by the shell as `devicePath`: a link that leads to the modem while it is plugged in.
    package var linkPath: String?

    package init() {}
}
