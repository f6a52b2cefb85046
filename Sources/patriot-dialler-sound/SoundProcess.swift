import Dialler
import Glibc
import ModemCore
import SerialDevice
import SoundBridge
import SoundCore

/// One loop: the line's control socket, and while a call is answered its bridge.
final class SoundProcess {
    private typealias Instant = ContinuousClock.Instant

    /// A library call that does not come back ends the process by SIGALRM, and its supervisor starts another.
    private static let watchdog: UInt32 = 10
    /// Between two looks at the devices in a call, and at the line between calls.
    private static let tick: CInt = 10
    private static let idle: CInt = 1_000
    /// A line that is gone, or a port that cannot be opened, is tried again after so long.
    private static let retry = Duration.seconds(1)

    private let socket: String
    private let port: String
    private var settings: CallBridge.Settings
    private let devices: CallBridge.Devices

    private var line: ControlConnection?
    private var nextConnection = Instant.now
    private var isCallUp = false
    private var bridge: CallBridge?
    private var nextOpening = Instant.now
    /// What was logged last, to log changes only.
    private var told: [Subject: String] = [:]
    /// Not before this is the state of the sound logged again: pauses in speech come and go.
    private var nextTelling = Instant.now
    private static let tellingInterval = Duration.seconds(5)

    private enum Subject {
        case line, port, sound
    }

    init(socket: String, port: String, sound: Configuration.Sound) {
        self.socket = socket
        self.port = port
        settings = CallBridge.Settings(
            delay: .milliseconds(sound.delay),
            gainOut: Gain(decibels: sound.gainOut),
            gainIn: Gain(decibels: sound.gainIn)
        )
        let (output, input) = (sound.output, sound.input)
        devices = CallBridge.Devices(
            playback: { () throws(SoundDeviceError) in try ALSADevice(output, direction: .playback) },
            capture: { () throws(SoundDeviceError) in try ALSADevice(input, direction: .capture) }
        )
    }

    /// Runs until a signal ends the process.
    func run() -> Never {
        while true {
            alarm(Self.watchdog)
            followLine()
            carrySound()
            wait()
        }
    }

    private func wait() {
        var entries = [line?.descriptor, bridge?.descriptor].compactMap { $0 }
            .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&entries, nfds_t(entries.count), bridge == nil ? Self.idle : Self.tick)
    }

    // MARK: The line

    private func followLine() {
        let now = Instant.now
        do throws(ControlClient.Failure) {
            if line == nil, now >= nextConnection {
                nextConnection = now + Self.retry
                let connection = try ControlConnection(path: socket)
                try connection.send(ControlRequest(id: 1, .watch))
                line = connection
            }
            while let message = try line?.next(before: now) { take(message) }
        } catch {
            // A call that is up goes on without its line's process, and so does its sound.
            line = nil
            tell(.line, "waiting for the line: \(error)")
        }
    }

    private func take(_ message: ControlMessage) {
        guard let status = message.event?.status ?? message.reply?.status else { return }
        tell(.line, "following line \(status.line)")
        if let sound = ModemProfile.named(status.modem.profile)?.sound {
            settings.format = SoundFormat(readChunk: sound.readSamples, frame: sound.writeSamples)
        }
        isCallUp = [CallState.active, .held].contains { status.call?.state == "\($0)" }
    }

    // MARK: The sound

    private func carrySound() {
        let now = Instant.now
        guard isCallUp else {
            if let bridge { tell(.sound, "the call is over; sound ran out \(bridge.state(now: now).gaps) times") }
            bridge = nil
            nextTelling = now
            return
        }
        if bridge == nil, now >= nextOpening { open(now: now) }
        guard let bridge else { return }
        bridge.tick(now: now)
        let state = bridge.state(now: now)
        if now >= nextTelling {
            if told[.sound] != "sound \(state)" { nextTelling = now + Self.tellingInterval }
            tell(.sound, "sound \(state)")
        }
        if state.isPortGone { self.bridge = nil }
    }

    private func open(now: Instant) {
        nextOpening = now + Self.retry
        do throws(SerialPortError) {
            let opened = try ModemSoundPort(port, format: settings.format)
            bridge = CallBridge(port: opened, settings: settings, devices: devices, now: now)
            tell(.port, "carrying the call's sound on \(port)")
        } catch {
            tell(.port, "\(error)")
        }
    }

    private func tell(_ subject: Subject, _ text: String) {
        guard told[subject] != text else { return }
        told[subject] = text
        SoundLog.write(text)
    }
}
