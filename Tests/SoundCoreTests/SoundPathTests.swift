import SoundCore
import TestSupport
import Testing

/// Modem, host and headset in simulated time, each by a clock of its own.
private struct SimulatedSound {
    let format: SoundFormat
    /// Samples a second of the modem, and of the headset per 8 kHz.
    let modemRate: Double
    let deviceRate = 8_000.0

    /// Microseconds.
    var time = 0
    var down: DownlinkPath
    var up: UplinkPath
    var pacer: FramePacer
    /// What the modem has produced and was not read, and what it has to play.
    var modemOutput = 0.0
    var modemInput = 0.0
    var modemGaps = 0
    var captured = 0.0
    var queued = 0.0
    var deviceGaps = 0
    let epoch = ContinuousClock.now

    init(format: SoundFormat = .frames20ms, modemPPM: Double) {
        self.format = format
        modemRate = 8_000 * (1 + modemPPM * 1e-6)
        down = DownlinkPath(deviceRate: 8_000, target: .milliseconds(60))
        up = UplinkPath(deviceRate: 8_000, target: .milliseconds(40))
        pacer = FramePacer(format: format, now: epoch)
    }

    /// Seconds of sound on the way, both ways together.
    var delay: Double { (queued + modemInput + modemOutput + captured) / 8_000 + up.delay }
    var gaps: Int { down.gaps + up.gaps }

    /// Time passes and the host sleeps.
    mutating func pass(_ microseconds: Int) {
        time += microseconds
        let seconds = Double(microseconds) * 1e-6
        modemOutput = min(modemOutput + modemRate * seconds, 4_096)
        captured = min(captured + deviceRate * seconds, 2_400)
        if queued > 0, queued < deviceRate * seconds { deviceGaps += 1 }
        queued = max(0, queued - deviceRate * seconds)
        if modemInput > 0, modemInput < modemRate * seconds { modemGaps += 1 }
        modemInput = max(0, modemInput - modemRate * seconds)
    }

    /// What the poll loop does when it wakes.
    mutating func wake() {
        let now = epoch + .microseconds(time)
        let chunks = Int(modemOutput) / format.readChunk
        if chunks > 0 {
            let count = chunks * format.readChunk
            modemOutput -= Double(count)
            down.received(samples: [Int16](repeating: 0, count: count))
            pacer.read(count, now: now)
        }
        let whole = Int(captured)
        captured -= Double(whole)
        up.captured(repeatElement(0, count: whole))
        while pacer.takeDue(now: now) {
            _ = up.frame(format.frame, now: now)
            // 256 ms of room in the modem; a tty keeps what is too much, and the port would not be writable.
            modemInput = min(modemInput + Double(format.frame), 2_048)
        }
        queued += Double(down.pull(queued: Int(queued), now: now).count)
    }

    mutating func run(seconds: Int, jitter: Int = 0, seed: UInt64 = 1) {
        var generator = SeededGenerator(seed: seed)
        let end = time + seconds * 1_000_000
        while time < end {
            pass(20_000 + (jitter > 0 ? Int.random(in: 0...jitter, using: &generator) : 0))
            wake()
        }
    }
}

@Suite struct SoundPathTests {
    @Test(arguments: [-200.0, 200], [SoundFormat.frames20ms, .quectel])
    func twoMinutesHaveNoGap(_ ppm: Double, _ format: SoundFormat) {
        var sound = SimulatedSound(format: format, modemPPM: ppm)
        sound.run(seconds: 30)
        let delay = sound.delay
        sound.run(seconds: 90)
        #expect(sound.gaps == 0)
        #expect(sound.deviceGaps == 0)
        // By no more than what the largest piece makes it go up and down.
        #expect(abs(sound.delay - delay) < 0.030 + Double(format.frame + format.readChunk) / 8_000)
    }

    @Test(arguments: [-200.0, 200])
    func aHostThatIsLateByTenMillisecondsIsNotHeard(_ ppm: Double) {
        var sound = SimulatedSound(modemPPM: ppm)
        sound.run(seconds: 60, jitter: 10_000)
        #expect(sound.gaps == 0)
        #expect(sound.deviceGaps == 0)
    }

    @Test(arguments: [(-200.0, SoundFormat.frames20ms), (200, .frames20ms), (200, .quectel)])
    func threeStallsLeaveNoDelay(_ ppm: Double, _ format: SoundFormat) {
        var sound = SimulatedSound(format: format, modemPPM: ppm)
        sound.run(seconds: 20)
        let before = sound.averageDelay()
        for _ in 0..<3 {
            sound.pass(300_000)
            sound.wake()
            sound.run(seconds: 5)
        }
        // Pieces larger than a frame come at another phase afterwards.
        let tolerance = 0.020 + Double(format.readChunk - 160) / 4_000
        let after = sound.averageDelay()
        #expect(abs(after - before) <= tolerance)
        sound.run(seconds: 30)
        let later = sound.averageDelay()
        #expect(abs(later - before) <= tolerance)
    }

    @Test func aMutedMicrophoneSendsSilenceAndKeepsItsClock() {
        var up = UplinkPath(deviceRate: 8_000, target: .milliseconds(40))
        let epoch = ContinuousClock.now
        up.captured(repeatElement(1_000, count: 1_600))
        _ = up.frame(160, now: epoch)
        let heard = up.frame(160, now: epoch)
        #expect(heard.contains { $0 != 0 })
        up.isMuted = true
        let delay = up.delay
        let muted = up.frame(160, now: epoch)
        #expect(muted.allSatisfy { $0 == 0 })
        #expect(up.delay < delay)
    }

    @Test func aModemThatTakesNothingFillsNoMemory() {
        var up = UplinkPath(deviceRate: 48_000, target: .milliseconds(40))
        for _ in 0..<50 { up.captured(repeatElement(0, count: 48_000)) }
        #expect(up.delay <= 1)
    }

    @Test func whatTheModemSaidAtTheBeginningIsHeard() {
        var down = DownlinkPath(deviceRate: 8_000, target: .milliseconds(60))
        let epoch = ContinuousClock.now
        down.received(samples: [Int16](repeating: 2_056, count: 160))
        let first = down.pull(queued: 0, now: epoch)
        #expect(first.count == 480)
        #expect(first.last.map { $0 != 0 } ?? false)
        #expect(down.gaps == 0)
        // The device has played all of it, and nothing came.
        let second = down.pull(queued: 0, now: epoch + .milliseconds(60))
        #expect(second.count == 480)
        #expect(down.gaps == 1)
    }
}

extension SimulatedSound {
    /// Over the next ten seconds.
    fileprivate mutating func averageDelay() -> Double {
        var sum = 0.0
        for _ in 0..<500 {
            pass(20_000)
            wake()
            sum += delay
        }
        return sum / 500
    }
}
