package import SoundCore

/// The sound of one call: the modem's port and the operator's devices, for as long as the call is up.
///
/// Whatever is wrong with a device, the modem is read and gets silence: its sound port must not stall.
package final class CallBridge {
    /// What the operator's side is, and how it is to sound.
    package struct Settings: Equatable, Sendable {
        /// What is queued for the loudspeaker.
        package var delay: Duration
        /// Of what the operator hears.
        package var gainOut: Gain
        /// Of what the remote party hears.
        package var gainIn: Gain
        /// How the modem carries sound.
        package var format: SoundFormat

        package init(
            delay: Duration = .milliseconds(60),
            gainOut: Gain = Gain(decibels: 0),
            gainIn: Gain = Gain(decibels: 0),
            format: SoundFormat = .frames20ms
        ) {
            self.delay = delay
            self.gainOut = gainOut
            self.gainIn = gainIn
            self.format = format
        }
    }

    /// How the sound of the call is.
    package struct State: Equatable, Sendable {
        /// From the modem to the operator.
        package var heard: DirectionWatch.Condition
        /// From the operator to the modem: that the modem takes it.
        package var taken: DirectionWatch.Condition
        /// Of the microphone; nil while there is none.
        package var microphone: DirectionWatch.Condition?
        /// Why the operator hears nothing; nil while the loudspeaker works.
        package var playbackFault: SoundDeviceError?
        /// Why the operator is not heard; nil while the microphone works.
        package var captureFault: SoundDeviceError?
        /// Times that sound ran out, both ways together.
        package var gaps: Int
        /// The modem's port is gone.
        package var isPortGone: Bool
    }

    /// How the operator's devices are opened.
    package struct Devices {
        /// Opens the loudspeaker.
        package var playback: () throws(SoundDeviceError) -> any PlaybackDevice
        /// Opens the microphone.
        package var capture: () throws(SoundDeviceError) -> any CaptureDevice

        package init(
            playback: @escaping () throws(SoundDeviceError) -> any PlaybackDevice,
            capture: @escaping () throws(SoundDeviceError) -> any CaptureDevice
        ) {
            self.playback = playback
            self.capture = capture
        }
    }

    /// A device that is gone is looked for again after so long.
    private static let retry = Duration.seconds(2)

    private let port: ModemSoundPort
    private let settings: Settings
    private let devices: Devices
    private var decoder = SampleDecoder()
    private var pacer: FramePacer
    private var speaker: (device: any PlaybackDevice, path: DownlinkPath)?
    private var microphone: (device: any CaptureDevice, path: UplinkPath, watch: DirectionWatch)?
    private var heard: DirectionWatch
    private var taken: DirectionWatch
    private var pastGaps = 0
    private var playbackFault: SoundDeviceError?
    private var captureFault: SoundDeviceError?
    private var isPortGone = false
    private var nextTry: ContinuousClock.Instant

    /// - Parameter now: when the call's sound begins.
    package init(port: ModemSoundPort, settings: Settings, devices: Devices, now: ContinuousClock.Instant) {
        self.port = port
        self.settings = settings
        self.devices = devices
        pacer = FramePacer(format: settings.format, now: now)
        heard = DirectionWatch(now: now)
        taken = DirectionWatch(now: now)
        nextTry = now
    }

    /// For poll(2).
    package var descriptor: CInt { port.descriptor }

    /// Moves what is there; to be called about every ten milliseconds, and when the port can be read.
    package func tick(now: ContinuousClock.Instant) {
        guard !isPortGone else { return }
        openDevices(now: now)
        listen(now: now)
        capture(now: now)
        speak(now: now)
        play(now: now)
    }

    /// How it is now.
    package func state(now: ContinuousClock.Instant) -> State {
        State(
            heard: heard.condition(now: now),
            taken: taken.condition(now: now),
            microphone: microphone?.watch.condition(now: now),
            playbackFault: playbackFault,
            captureFault: captureFault,
            gaps: pastGaps + (speaker?.path.gaps ?? 0) + (microphone?.path.gaps ?? 0),
            isPortGone: isPortGone
        )
    }

    private func openDevices(now: ContinuousClock.Instant) {
        guard speaker == nil || microphone == nil, now >= nextTry else { return }
        nextTry = now + Self.retry
        if speaker == nil {
            do throws(SoundDeviceError) {
                let device = try devices.playback()
                let path = DownlinkPath(deviceRate: device.rate, target: settings.delay, gain: settings.gainOut)
                (speaker, playbackFault) = ((device, path), nil)
            } catch {
                playbackFault = error
            }
        }
        if microphone == nil {
            do throws(SoundDeviceError) {
                let device = try devices.capture()
                let target = max(settings.delay * 2 / 3, .milliseconds(20))
                let path = UplinkPath(deviceRate: device.rate, target: target, gain: settings.gainIn)
                (microphone, captureFault) = ((device, path, DirectionWatch(now: now)), nil)
            } catch {
                captureFault = error
            }
        }
    }

    private func listen(now: ContinuousClock.Instant) {
        guard let bytes = port.read() else {
            isPortGone = true
            return
        }
        guard !bytes.isEmpty else { return }
        let samples = decoder.decode(bytes)
        speaker?.path.received(samples: samples)
        heard.passed(samples, now: now)
        pacer.read(samples.count, now: now)
    }

    private func capture(now: ContinuousClock.Instant) {
        guard let device = microphone?.device else { return }
        do throws(SoundDeviceError) {
            let samples = try device.read()
            microphone?.path.captured(samples)
            microphone?.watch.passed(samples, now: now)
        } catch {
            pastGaps += microphone?.path.gaps ?? 0
            (microphone, captureFault) = (nil, error)
        }
    }

    private func speak(now: ContinuousClock.Instant) {
        port.flush()
        while pacer.takeDue(now: now) {
            let silence = [Int16](repeating: 0, count: settings.format.frame)
            let frame = microphone?.path.frame(settings.format.frame, now: now) ?? silence
            if port.write(frame) { taken.passed(frame, now: now) }
        }
    }

    private func play(now: ContinuousClock.Instant) {
        guard let device = speaker?.device else { return }
        do throws(SoundDeviceError) {
            let queued = try device.queued()
            try device.write(speaker?.path.pull(queued: queued, now: now) ?? [])
        } catch {
            pastGaps += speaker?.path.gaps ?? 0
            (speaker, playbackFault) = (nil, error)
        }
    }
}
