import SoundCore
import TestSupport
import Testing

private let start = ContinuousClock.now

@Suite struct FramingTests {
    @Test(arguments: [1, 2, 3, 7, 319, 320, 640, 1_600])
    func samplesAreTheSameHoweverTheReadsCutThem(_ chunk: Int) {
        var generator = SeededGenerator(seed: 7)
        let samples = (0..<2_000).map { _ in Int16.random(in: .min ... .max, using: &generator) }
        var writer = FrameWriter()
        let result1 = writer.begin(samples)
        #expect(result1)
        let bytes = writer.rest
        var decoder = SampleDecoder()
        var decoded: [Int16] = []
        for begin in stride(from: 0, to: bytes.count, by: chunk) {
            decoded += decoder.decode(bytes[begin..<min(bytes.count, begin + chunk)])
        }
        #expect(decoded == samples)
    }

    @Test func anOddByteWaitsForItsOtherHalf() {
        var decoder = SampleDecoder()
        let result2 = decoder.decode([0x34])
        #expect(result2 == [])
        let result3 = decoder.decode([0x12, 0xFF])
        #expect(result3 == [0x1234])
        let result4 = decoder.decode([0xFF])
        #expect(result4 == [-1])
    }

    @Test func aFrameIsFinishedBeforeTheNextBegins() {
        var writer = FrameWriter()
        let result5 = writer.begin([0x0102, -2])
        #expect(result5)
        #expect(writer.rest == [2, 1, 0xFE, 0xFF])
        writer.wrote(3)
        let result6 = writer.begin([9])
        #expect(!result6)
        #expect(writer.rest == [0xFF])
        writer.wrote(1)
        #expect(!writer.isBusy)
        let result7 = writer.begin([9])
        #expect(result7)
    }
}

@Suite struct FramePacerTests {
    @Test func asManySamplesAreWrittenAsAreRead() {
        for (format, chunk) in [(SoundFormat.frames20ms, 160), (.quectel, 320), (.frames20ms, 37)] {
            var pacer = FramePacer(format: format, now: start)
            var written = 0
            for index in 0..<10_000 {
                let now = start + .milliseconds(index * 10)
                pacer.read(chunk, now: now)
                while pacer.takeDue(now: now) { written += format.frame }
            }
            #expect(abs(written - 10_000 * chunk) < format.frame + format.readChunk)
        }
    }

    @Test(arguments: [SoundFormat.frames20ms, .quectel])
    func whatAStalledHostMissedIsNotRepaid(_ format: SoundFormat) {
        var pacer = FramePacer(format: format, now: start)
        pacer.read(8_000, now: start)
        var frames = 0
        while pacer.takeDue(now: start) { frames += 1 }
        #expect(frames == 1)
    }

    @Test func aModemThatSendsNothingIsFedByTheHostsClock() {
        var pacer = FramePacer(format: .frames20ms, now: start)
        var now = start
        var frames = 0
        for _ in 0..<1_000 {
            now = pacer.deadline
            while pacer.takeDue(now: now) { frames += 1 }
        }
        #expect(frames == 1_000)
        #expect(now - start == .milliseconds(200 + 999 * 20))
        // A stall here is not repaid either.
        now += .seconds(3)
        let result8 = pacer.takeDue(now: now)
        #expect(result8)
        let result9 = pacer.takeDue(now: now)
        #expect(!result9)
    }
}

@Suite struct GainTests {
    @Test func decibelsChangeTheSize() {
        #expect(Gain(decibels: 6).applied(to: [1_000, -1_000]) == [1_995, -1_995])
        #expect(Gain(decibels: -20).applied(to: [1_000]) == [100])
        #expect(Gain(decibels: 0).applied(to: [.min, .max]) == [.min, .max])
    }

    @Test func whatIsTooLoudStaysAtTheLargestSample() {
        #expect(Gain(decibels: 40).applied(to: [1_000, -1_000, .max, .min]) == [.max, .min, .max, .min])
        #expect(Gain(decibels: 4_000).applied(to: [1]) == Gain(decibels: 40).applied(to: [1]))
    }
}

@Suite struct DirectionWatchTests {
    @Test func nothingForASecondIsAStall() {
        var watch = DirectionWatch(now: start)
        #expect(watch.condition(now: start + .milliseconds(999)) == .starting)
        #expect(watch.condition(now: start + .seconds(1)) == .stalled)
        watch.passed([500], now: start + .seconds(2))
        #expect(watch.condition(now: start + .milliseconds(2_900)) == .sound)
        watch.passed([], now: start + .milliseconds(2_950))
        #expect(watch.condition(now: start + .seconds(3)) == .stalled)
    }

    @Test func zerosForASecondAreSilence() {
        var watch = DirectionWatch(now: start)
        for index in 0..<100 { watch.passed([0, 1, -2], now: start + .milliseconds(index * 20)) }
        #expect(watch.condition(now: start + .milliseconds(1_990)) == .silent)
        watch.passed([0, -3], now: start + .seconds(2))
        #expect(watch.condition(now: start + .seconds(2)) == .sound)
        for index in 0...50 { watch.passed([0], now: start + .milliseconds(2_020 + index * 20)) }
        #expect(watch.condition(now: start + .milliseconds(3_020)) == .silent)
    }
}
