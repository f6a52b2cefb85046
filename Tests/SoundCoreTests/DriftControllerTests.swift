import SoundCore
import Testing

@Suite struct DriftControllerTests {
    /// A buffer that is filled in pieces by one clock and emptied by another, as seconds of sound.
    private struct SimulatedBuffer {
        var controller = DriftController(target: 0.060)
        var fill = 0.060
        var gaps = 0
        var worst = 0.0
        var dropped = 0

        /// - Parameters:
        ///   - drift: how much faster the source is than the sink, as a ratio.
        ///   - piece: seconds of sound that arrive at once.
        mutating func run(seconds: Double, drift: Double, piece: Double = 0.020, controlled: Bool = true) {
            for _ in 0..<Int(seconds / piece) {
                // Consuming the source faster makes less of it.
                fill += piece * (1 + drift) / (1 + (controlled ? controller.correction : 0))
                let drop = controller.measure(fill: fill, elapsed: piece)
                if controlled, drop > 0 {
                    dropped += 1
                    fill -= drop
                }
                fill -= piece
                if fill < 0 { (fill, gaps) = (0, gaps + 1) }
                worst = max(worst, abs(fill - controller.target))
            }
        }
    }

    @Test(arguments: [-200e-6, -50e-6, 0, 50e-6, 200e-6], [0.020, 0.040])
    func anHourHasNoGap(_ drift: Double, _ piece: Double) {
        var buffer = SimulatedBuffer()
        buffer.run(seconds: 3_600, drift: drift, piece: piece)
        #expect(buffer.gaps == 0)
        #expect(buffer.dropped == 0)
        #expect(buffer.worst < 0.015 + piece)
        #expect(abs(buffer.controller.correction - drift) < 5e-6)
    }

    @Test func withoutTheControllerTheSameHourHasGaps() {
        var buffer = SimulatedBuffer()
        buffer.run(seconds: 3_600, drift: -200e-6, controlled: false)
        #expect(buffer.gaps > 0)
    }

    @Test func aStallIsDroppedAtOnceAndLittleIsNot() {
        var controller = DriftController(target: 0.060)
        let stall = controller.dropAfter(fill: 0.360)
        #expect(abs(stall - 0.300) < 1e-9)
        let little = controller.dropAfter(fill: 0.109)
        #expect(little == 0)
        let dry = controller.dropAfter(fill: 0.001)
        #expect(dry == 0)
    }

    @Test func theCorrectionStaysInItsRange() {
        var controller = DriftController(target: 10)
        for _ in 0..<10_000 { _ = controller.measure(fill: 0, elapsed: 0.02) }
        #expect(controller.correction >= -0.002_6 && controller.correction <= -0.002)
        // What it learnt of the clocks while at its limit is nothing: it does not overshoot afterwards.
        for _ in 0..<3_000 { _ = controller.measure(fill: 10, elapsed: 0.02) }
        #expect(abs(controller.correction) < 0.000_6)
    }
}

extension DriftController {
    fileprivate mutating func dropAfter(fill: Double) -> Double { measure(fill: fill, elapsed: 0.02) }
}
