/// A change of loudness. What would go past the largest sample stays there, as it does not wrap around.
package struct Gain: Equatable, Sendable {
    /// In decibels.
    package static let range = -40...40

    private let factor: Float

    /// - Parameter decibels: in ``range``, or the nearest that is.
    package init(decibels: Int) {
        let bounded = min(max(decibels, Self.range.lowerBound), Self.range.upperBound)
        let decibel = 1.1220184543019633
        let size = (0..<abs(bounded)).reduce(1.0) { product, _ in product * decibel }
        factor = Float(bounded < 0 ? 1 / size : size)
    }

    /// - Returns: the samples, louder or quieter.
    package func applied(to samples: [Int16]) -> [Int16] {
        factor == 1 ? samples : samples.map { saturated(Float($0) * factor) }
    }
}

/// Watches one direction of a call's sound: whether anything passes, and whether it is more than silence.
package struct DirectionWatch: Equatable, Sendable {
    /// What can be said of a direction.
    package enum Condition: Equatable, Sendable {
        /// Not known yet: the first second.
        case starting
        case sound
        /// Samples pass, and have been digital silence for a second.
        case silent
        /// No sample has passed for a second.
        case stalled
    }

    /// A direction is judged after so long.
    package static let limit = Duration.seconds(1)
    /// A sample of this size or less is silence: converters and codecs leave the lowest bits on.
    package static let silence = 2

    private let since: ContinuousClock.Instant
    private var lastSample: ContinuousClock.Instant?
    private var lastSound: ContinuousClock.Instant?

    package init(now: ContinuousClock.Instant) {
        since = now
    }

    /// These samples have passed.
    package mutating func passed(_ samples: some Collection<Int16>, now: ContinuousClock.Instant) {
        guard !samples.isEmpty else { return }
        lastSample = now
        if samples.contains(where: { $0.magnitude > Self.silence }) { lastSound = now }
    }

    /// What holds now.
    package func condition(now: ContinuousClock.Instant) -> Condition {
        if now - (lastSample ?? since) >= Self.limit { return .stalled }
        if let lastSound, now - lastSound < Self.limit { return .sound }
        return now - (lastSound ?? since) >= Self.limit ? .silent : .starting
    }
}
