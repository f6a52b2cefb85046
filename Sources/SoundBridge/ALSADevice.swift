import CALSA
import Glibc

/// An ALSA device in one direction: 48 kHz, mono, which `plughw:` and `default` turn into what the hardware has.
///
/// Not waited for: who uses it comes every few milliseconds. Only ``init(_:direction:)`` may block, for as long as a sound server
/// is stopped.
package final class ALSADevice: PlaybackDevice, CaptureDevice {
    /// Which way the sound goes.
    package enum Direction: Sendable {
        case playback, capture
    }

    /// Of the buffer between us and the hardware, in microseconds: room for a stall, not delay.
    private static let buffer: CUnsignedInt = 200_000

    /// Samples a second, whatever the hardware has.
    package let rate = 48_000
    private let name: String
    private let pcm: OpaquePointer
    private var capacity = 0

    /// Opens `plughw:CARD=…` or `default`.
    ///
    /// - Throws: why it cannot be opened.
    package init(_ name: String, direction: Direction) throws(SoundDeviceError) {
        calsa_silence()
        let stream = direction == .playback ? SND_PCM_STREAM_PLAYBACK : SND_PCM_STREAM_CAPTURE
        var opened: OpaquePointer?
        let result = snd_pcm_open(&opened, name, stream, CInt(SND_PCM_NONBLOCK))
        guard result == 0, let opened else { throw Self.error(result, "snd_pcm_open", name) }
        self.name = name
        pcm = opened
        let access = SND_PCM_ACCESS_RW_INTERLEAVED
        let setting = snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE, access, 1, CUnsignedInt(rate), 1, Self.buffer)
        guard setting == 0 else { throw Self.error(setting, "snd_pcm_set_params", name) }
        var (size, period): (snd_pcm_uframes_t, snd_pcm_uframes_t) = (0, 0)
        let sizes = snd_pcm_get_params(pcm, &size, &period)
        guard sizes == 0 else { throw Self.error(sizes, "snd_pcm_get_params", name) }
        capacity = Int(size)
        if direction == .capture { try check(snd_pcm_start(pcm), "snd_pcm_start") }
    }

    deinit {
        snd_pcm_close(pcm)
    }

    /// Samples that it still has to play; throws when the device is gone.
    package func queued() throws(SoundDeviceError) -> Int {
        let available = snd_pcm_avail_update(pcm)
        if available < 0 {
            try recover(CInt(available), "snd_pcm_avail_update")
            return 0
        }
        return max(0, capacity - Int(available))
    }

    package func write(_ samples: [Int16]) throws(SoundDeviceError) {
        guard !samples.isEmpty else { return }
        let written = samples.withUnsafeBytes { snd_pcm_writei(pcm, $0.baseAddress, snd_pcm_uframes_t(samples.count)) }
        // No room: a stall is over, and the rest is what would be delay from now on.
        if written == -Int(EAGAIN) { return }
        if written < 0 { return try recover(CInt(written), "snd_pcm_writei") }
        // The library's own threshold is a full buffer.
        if snd_pcm_state(pcm) == SND_PCM_STATE_PREPARED { try check(snd_pcm_start(pcm), "snd_pcm_start") }
    }

    package func read() throws(SoundDeviceError) -> [Int16] {
        var samples: [Int16] = []
        var chunk = [Int16](repeating: 0, count: 2_048)
        while samples.count < rate {
            let count = chunk.withUnsafeMutableBytes { snd_pcm_readi(pcm, $0.baseAddress, 2_048) }
            if count == -Int(EAGAIN) || count == 0 { break }
            if count < 0 {
                try recover(CInt(count), "snd_pcm_readi")
                try check(snd_pcm_start(pcm), "snd_pcm_start")
                break
            }
            samples += chunk.prefix(Int(count))
        }
        return samples
    }

    /// After an underrun, an overrun or a suspend the device is prepared again.
    private func recover(_ code: CInt, _ call: String) throws(SoundDeviceError) {
        guard code == -EPIPE || code == -ESTRPIPE || code == -EINTR else { throw Self.error(code, call, name) }
        try check(snd_pcm_prepare(pcm), "snd_pcm_prepare")
    }

    private func check(_ code: CInt, _ call: String) throws(SoundDeviceError) {
        if code < 0 { throw Self.error(code, call, name) }
    }

    private static func error(_ code: CInt, _ call: String, _ name: String) -> SoundDeviceError {
        switch -code {
        case ENODEV, ENOENT, EBADFD, ENXIO, ECONNREFUSED, EHOSTDOWN: .notFound(name: name)
        case EBUSY: .busy(name: name)
        case EACCES, EPERM: .permissionDenied(name: name)
        default: .failed(name: name, call: call, errno: -code)
        }
    }
}
