import Glibc
import SoundBridge
import SoundCore
import Testing

/// Plays in simulated time.
private final class SimulatedSpeaker: PlaybackDevice {
    let rate = 8_000
    var played: [Int16] = []
    var waiting: [Int16] = []
    var isGone = false

    func pass(_ samples: Int) {
        played += waiting.prefix(samples)
        waiting.removeFirst(min(samples, waiting.count))
    }

    func queued() throws(SoundDeviceError) -> Int {
        if isGone { throw .notFound(name: "headset") }
        return waiting.count
    }

    func write(_ samples: [Int16]) throws(SoundDeviceError) {
        if isGone { throw .notFound(name: "headset") }
        waiting += samples
    }
}

private final class SimulatedMicrophone: CaptureDevice {
    let rate = 8_000
    var captured: [Int16] = []
    var isGone = false

    func read() throws(SoundDeviceError) -> [Int16] {
        if isGone { throw .notFound(name: "headset") }
        defer { captured = [] }
        return captured
    }
}

/// A bridge between a pseudo-terminal and simulated devices, in simulated time.
private final class BridgedCall {
    let speaker = SimulatedSpeaker()
    let microphone = SimulatedMicrophone()
    let modem: CInt
    let bridge: CallBridge
    var now = ContinuousClock.now
    /// What the modem has taken.
    var taken: [Int16] = []
    var takes = true
    private var decoder = SampleDecoder()

    init() throws {
        var (leader, follower): (CInt, CInt) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&leader, &follower, &name, nil, nil) == 0)
        modem = leader
        _ = fcntl(leader, F_SETFL, O_NONBLOCK)
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let port = try ModemSoundPort(path, format: .frames20ms)
        close(follower)
        let (speaker, microphone) = (speaker, microphone)
        let devices = CallBridge.Devices(
            playback: { () throws(SoundDeviceError) in
                if speaker.isGone { throw .busy(name: "headset") }
                return speaker
            },
            capture: { () throws(SoundDeviceError) in
                if microphone.isGone { throw .busy(name: "headset") }
                return microphone
            }
        )
        bridge = CallBridge(port: port, settings: .init(), devices: devices, now: now)
    }

    deinit {
        if modem >= 0 { close(modem) }
    }

    /// Twenty milliseconds: the modem sends that sample all the time, the operator the other one.
    func pass(modem sample: Int16?, operator spoken: Int16) {
        now += .milliseconds(20)
        if let sample {
            var writer = FrameWriter()
            _ = writer.begin(repeatElement(sample, count: 160))
            let bytes = writer.rest
            #expect(write(modem, bytes, bytes.count) == bytes.count)
        }
        microphone.captured += repeatElement(spoken, count: 160)
        speaker.pass(160)
        bridge.tick(now: now)
        guard takes else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(modem, &buffer, buffer.count)
        if count > 0 { taken += decoder.decode(buffer.prefix(count)) }
    }
}

@Suite struct CallBridgeTests {
    @Test func bothSidesAreHeard() throws {
        let call = try BridgedCall()
        for _ in 0..<100 { call.pass(modem: 4_000, operator: -3_000) }
        #expect(call.speaker.played.suffix(1_000).allSatisfy { abs(Int($0) - 4_000) < 100 })
        #expect(call.taken.suffix(1_000).allSatisfy { abs(Int($0) + 3_000) < 100 })
        // As many frames as the modem sent, whole.
        #expect(abs(call.taken.count - 16_000) <= 320)
        let state = call.bridge.state(now: call.now)
        #expect(state.heard == .sound && state.taken == .sound && state.microphone == .sound)
        #expect(state.gaps == 0)
    }

    @Test func aHeadsetThatIsPulledIsMissedAndComesBack() throws {
        let call = try BridgedCall()
        for _ in 0..<60 { call.pass(modem: 4_000, operator: -3_000) }
        (call.speaker.isGone, call.microphone.isGone) = (true, true)
        call.taken = []
        for _ in 0..<100 { call.pass(modem: 4_000, operator: -3_000) }
        let without = call.bridge.state(now: call.now)
        #expect(without.playbackFault != nil && without.captureFault != nil)
        // The modem goes on with silence.
        #expect(call.taken.count >= 15_000)
        #expect(call.taken.suffix(8_000).allSatisfy { $0 == 0 })
        (call.speaker.isGone, call.microphone.isGone) = (false, false)
        for _ in 0..<200 { call.pass(modem: 4_000, operator: -3_000) }
        let with = call.bridge.state(now: call.now)
        #expect(with.playbackFault == nil && with.captureFault == nil)
        #expect(call.taken.suffix(800).allSatisfy { abs(Int($0) + 3_000) < 100 })
    }

    @Test func aModemThatGivesNothingIsNamedAndStillSpokenTo() throws {
        let call = try BridgedCall()
        for _ in 0..<100 { call.pass(modem: nil, operator: -3_000) }
        #expect(call.bridge.state(now: call.now).heard == .stalled)
        #expect(call.taken.count >= 12_000)
    }

    @Test func aModemThatTakesNothingIsNamed() throws {
        let call = try BridgedCall()
        call.takes = false
        for _ in 0..<400 { call.pass(modem: 4_000, operator: -3_000) }
        let state = call.bridge.state(now: call.now)
        #expect(state.taken == .stalled)
        #expect(state.heard == .sound)
    }

    @Test func aModemThatIsPulledEndsTheBridge() throws {
        let call = try BridgedCall()
        call.pass(modem: 4_000, operator: 0)
        close(call.modem)
        call.bridge.tick(now: call.now)
        #expect(call.bridge.state(now: call.now).isPortGone)
    }
}
