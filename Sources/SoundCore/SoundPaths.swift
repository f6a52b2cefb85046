/// The way from the modem to the operator's ear: samples of the modem's clock to samples of the playback device's.
package struct DownlinkPath: Sendable {
    /// How often silence had to be played because the modem's sound had run out.
    package private(set) var gaps = 0
    /// How much drift the controller sees, as a ratio.
    package var correction: Double { controller.correction }

    private let deviceRate: Int
    private let gain: Gain
    private var resampler: Resampler
    private var controller: DriftController
    /// At the device's rate, not yet given to it.
    private var pending: [Int16] = []
    private var lastPull: ContinuousClock.Instant?
    private var hasBegun = false

    /// - Parameters:
    ///   - deviceRate: samples a second.
    ///   - target: what is to be queued for the device, so that a late host is not heard.
    package init(deviceRate: Int, target: Duration, gain: Gain = Gain(decibels: 0)) {
        self.deviceRate = deviceRate
        self.gain = gain
        resampler = Resampler(from: SoundFormat.sampleRate, to: deviceRate)
        controller = DriftController(target: target.inSeconds)
    }

    /// Takes sound of the modem's.
    package mutating func received(samples: [Int16]) {
        resampler.correction = controller.correction
        pending += resampler.process(gain.applied(to: samples))
    }

    /// What to write to the device now.
    ///
    /// - Parameter queued: samples that the device still has to play; 0 after an underrun.
    package mutating func pull(queued: Int, now: ContinuousClock.Instant) -> [Int16] {
        let rate = Double(deviceRate)
        let target = Int(controller.target * rate)
        let low = min(target / 2, deviceRate / 100)
        if !hasBegun || queued + pending.count < low {
            // The beginning, or dry: silence up to the target, and all of the sound behind it.
            let missing = max(0, target - queued - pending.count)
            if hasBegun { gaps += 1 }
            hasBegun = true
            controller.restart()
            lastPull = now
            pending.insert(contentsOf: repeatElement(0, count: missing), at: 0)
        }
        let fill = Double(queued + pending.count) / rate
        let drop = controller.measure(fill: fill, elapsed: (now - (lastPull ?? now)).inSeconds)
        lastPull = now
        pending.removeFirst(min(pending.count, Int(drop * rate)))
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }
}

/// The way from the operator's microphone to the modem: samples of the capture device's clock to frames of the modem's.
package struct UplinkPath: Sendable {
    /// How often silence had to be sent because the microphone's sound had run out.
    package private(set) var gaps = 0
    /// Nothing but silence goes up.
    package var isMuted = false
    /// How much drift the controller sees, as a ratio.
    package var correction: Double { controller.correction }
    /// Seconds of sound that wait for the modem.
    package var delay: Double { Double(waiting.count) / Double(SoundFormat.sampleRate) }

    private let gain: Gain
    private var resampler: Resampler
    private var controller: DriftController
    /// At the modem's rate.
    private var waiting: [Int16] = []
    private var lastFrame: ContinuousClock.Instant?
    /// Silence goes up until there is enough.
    private var isFilling = true
    private var hasBegun = false

    /// - Parameters:
    ///   - deviceRate: samples a second.
    ///   - target: what is to be left after each frame, so that a late device is not heard.
    package init(deviceRate: Int, target: Duration, gain: Gain = Gain(decibels: 0)) {
        self.gain = gain
        resampler = Resampler(from: deviceRate, to: SoundFormat.sampleRate)
        controller = DriftController(target: target.inSeconds)
    }

    /// Takes what the device captured.
    package mutating func captured(_ samples: some Collection<Int16>) {
        resampler.correction = controller.correction
        waiting += gain.applied(to: resampler.process(samples))
        // A modem that takes nothing must not fill the memory.
        let most = SoundFormat.sampleRate
        if waiting.count > most { waiting.removeFirst(waiting.count - most) }
    }

    /// The next frame to write, whole: with silence where there is nothing.
    package mutating func frame(_ count: Int, now: ContinuousClock.Instant) -> [Int16] {
        let target = Int(controller.target * Double(SoundFormat.sampleRate))
        if isFilling, waiting.count >= count + target { (isFilling, hasBegun) = (false, true) }
        guard !isFilling, waiting.count >= count else {
            if hasBegun, !isFilling { gaps += 1 }
            isFilling = true
            controller.restart()
            lastFrame = now
            return [Int16](repeating: 0, count: count)
        }
        let frame = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        let drop = controller.measure(fill: delay, elapsed: (now - (lastFrame ?? now)).inSeconds)
        lastFrame = now
        waiting.removeFirst(min(waiting.count, Int(drop * Double(SoundFormat.sampleRate))))
        return isMuted ? [Int16](repeating: 0, count: count) : frame
    }
}

extension Duration {
    /// As the arithmetic of rates needs it.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
