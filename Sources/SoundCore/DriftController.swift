/// Keeps a buffer between two clocks at its target by changing the rate of the resampler a little, inaudibly.
///
/// The fill is averaged over 4 s, then controlled by P (0.04/s, at most 2000 ppm) and I (0.0005/s², at most 600 ppm, which stands
/// still while P is at its limit). More than 50 ms too much is no drift but a stall that is over: it is dropped at once.
package struct DriftController: Equatable, Sendable {
    /// More than this above the target is dropped.
    package static let slack = 0.050

    private static let averaging = 4.0
    private static let proportional = 0.04
    private static let proportionalLimit = 2_000e-6
    private static let integral = 0.000_5
    private static let integralLimit = 600e-6

    /// In seconds.
    package let target: Double
    /// Seconds above the target, averaged.
    private var average = 0.0
    private var integrated = 0.0
    private var isAtLimit = false

    /// - Parameter target: the fill to keep, in seconds.
    package init(target: Double) {
        self.target = target
    }

    /// How much faster than nominal the buffer's content is to be consumed, as a ratio; +0.0002 is 200 ppm. In ±0.0026.
    package var correction: Double {
        min(max(Self.proportional * average, -Self.proportionalLimit), Self.proportionalLimit) + integrated
    }

    /// Takes a measurement.
    ///
    /// - Parameters:
    ///   - fill: of the buffer, in seconds.
    ///   - elapsed: seconds since the last measurement.
    /// - Returns: the seconds to drop from the buffer now; 0 in the normal case.
    package mutating func measure(fill: Double, elapsed: Double) -> Double {
        let error = fill - target
        guard error <= Self.slack else {
            restart()
            return error
        }
        let step = min(max(0, elapsed), 1)
        average += (error - average) * min(1, step / Self.averaging)
        isAtLimit = abs(Self.proportional * average) >= Self.proportionalLimit
        if !isAtLimit {
            let sum = integrated + Self.integral * average * step
            integrated = min(max(sum, -Self.integralLimit), Self.integralLimit)
        }
        return 0
    }

    /// The buffer was brought to its target. What is known of the clocks is kept.
    package mutating func restart() {
        average = 0
    }
}
