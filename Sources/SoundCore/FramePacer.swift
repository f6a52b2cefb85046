/// Says when the next frame is due to the modem.
///
/// The modem's own clock drives it: as many samples are written as are read, so that nothing drifts. What a stalled host missed
/// is never repaid: the modem played silence meanwhile, and a burst would stay in its buffer as delay for the rest of the call.
/// A modem that sends nothing is fed by the host's clock.
package struct FramePacer: Equatable, Sendable {
    /// Without a read for so long, the host's clock takes over.
    package static let silence = Duration.milliseconds(200)

    private let format: SoundFormat
    /// Samples read, less the samples written.
    private var credit = 0
    private var lastRead: ContinuousClock.Instant?
    private var nextByHost: ContinuousClock.Instant

    /// - Parameter now: when the sound port was opened.
    package init(format: SoundFormat, now: ContinuousClock.Instant) {
        self.format = format
        nextByHost = now + Self.silence
    }

    /// So many samples were read.
    package mutating func read(_ samples: Int, now: ContinuousClock.Instant) {
        guard samples > 0 else { return }
        // After a stall one frame, as at the beginning; else what the modem's own rhythm leaves over.
        let isLate = lastRead.map { now - $0 > Self.period(of: format.readChunk) * 3 } ?? true
        credit = min(credit + samples, isLate ? format.frame : format.frame + format.readChunk)
        lastRead = now
        nextByHost = now + Self.silence
    }

    /// Takes a frame that is due now; ask again until it says false.
    package mutating func takeDue(now: ContinuousClock.Instant) -> Bool {
        if credit >= format.frame {
            credit -= format.frame
            return true
        }
        guard now >= nextByHost else { return false }
        // Late by less than a frame keeps the grid; what is missed beyond that is not repaid.
        let period = Self.period(of: format.frame)
        nextByHost += period
        if nextByHost <= now { nextByHost = now + period }
        credit = 0
        return true
    }

    /// When to ask again if nothing is read before.
    package var deadline: ContinuousClock.Instant { nextByHost }

    private static func period(of samples: Int) -> Duration {
        .seconds(1) * samples / SoundFormat.sampleRate
    }
}
