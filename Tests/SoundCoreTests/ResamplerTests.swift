import SoundCore
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ResamplerTests {
    /// A tone of that frequency.
    private func tone(_ frequency: Double, rate: Int, seconds: Double, size: Double = 10_000) -> [Int16] {
        (0..<Int(Double(rate) * seconds)).map {
            Int16((size * sin(2 * .pi * frequency * Double($0) / Double(rate))).rounded())
        }
    }

    /// The size of that frequency in the samples' middle, by correlation with sine and cosine.
    private func size(_ frequency: Double, in samples: [Int16], rate: Int) -> Double {
        let middle = samples.dropFirst(samples.count / 4).dropLast(samples.count / 4)
        var (real, imaginary) = (0.0, 0.0)
        for (index, sample) in middle.enumerated() {
            let angle = 2 * Double.pi * frequency * Double(index) / Double(rate)
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(middle.count)
    }

    /// Telephony ends at 3400 Hz, where a decibel may be lost.
    @Test(arguments: [(300.0, 200.0), (1_000, 200), (2_000, 200), (3_000, 300), (3_400, 900)])
    func speechPassesBothWaysAtItsSize(_ frequency: Double, _ tolerance: Double) {
        var up = Resampler(from: 8_000, to: 48_000)
        let raised = up.process(tone(frequency, rate: 8_000, seconds: 0.2))
        #expect(abs(size(frequency, in: raised, rate: 48_000) - 10_000) < tolerance)
        // The images beyond 4 kHz are what linear interpolation leaves.
        #expect(size(8_000 - frequency, in: raised, rate: 48_000) < 50)
        var down = Resampler(from: 48_000, to: 8_000)
        let lowered = down.process(raised)
        #expect(abs(size(frequency, in: lowered, rate: 8_000) - 10_000) < 2 * tolerance)
    }

    @Test(arguments: [4_600.0, 5_000, 7_000, 12_000])
    func whatTheModemCannotCarryIsNotFoldedIntoSpeech(_ frequency: Double) {
        var down = Resampler(from: 48_000, to: 8_000)
        let lowered = down.process(tone(frequency, rate: 48_000, seconds: 0.2))
        let alias = abs(frequency - 8_000 * (frequency / 8_000).rounded())
        #expect(size(alias, in: lowered, rate: 8_000) < 50)
    }

    @Test(arguments: [(8_000, 48_000), (48_000, 8_000), (8_000, 8_000), (8_000, 44_100)])
    func theSameComesOutHoweverTheInputIsCut(_ rates: (Int, Int)) {
        var generator = SeededGenerator(seed: 3)
        let input = (0..<2_000).map { _ in Int16.random(in: -20_000...20_000, using: &generator) }
        var whole = Resampler(from: rates.0, to: rates.1)
        whole.correction = 0.000_2
        let expected = whole.process(input)
        var cut = whole
        cut = Resampler(from: rates.0, to: rates.1)
        cut.correction = 0.000_2
        var output: [Int16] = []
        var rest = input[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...700, using: &generator)
            output += cut.process(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(abs(output.count - expected.count) <= 1)
        #expect(zip(output, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test func theCorrectionIsTheRate() {
        var resampler = Resampler(from: 8_000, to: 48_000)
        resampler.correction = 0.001
        var count = 0
        for _ in 0..<100 { count += resampler.process(repeatElement(0, count: 8_000)).count }
        #expect(abs(Double(count) - 4_800_000 / 1.001) < 300)
    }
}
