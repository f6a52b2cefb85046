/// How a modem carries a call's sound: signed 16 bit, little-endian, mono.
package struct SoundFormat: Equatable, Sendable {
    /// Samples a second, of every modem here. Wide-band sound brought nothing audible where it was tried.
    package static let sampleRate = 8_000

    /// The samples of the largest piece that the modem usually sends at once.
    package var readChunk: Int
    /// The samples of each piece that the modem expects; it is written whole or not at all.
    package var frame: Int

    package init(readChunk: Int = 160, frame: Int = 160) {
        self.readChunk = max(1, readChunk)
        self.frame = max(1, frame)
    }

    /// 320 bytes every 20 ms each way.
    package static let frames20ms = SoundFormat()
    /// Quectel's tty: 640 bytes every 40 ms from the modem, 1600 bytes every 100 ms to it.
    package static let quectel = SoundFormat(readChunk: 320, frame: 800)
}

/// Bytes from a modem's sound port to samples, wherever the reads cut them.
package struct SampleDecoder: Equatable, Sendable {
    private var low: UInt8?

    package init() {}

    /// - Returns: the samples that are complete; an odd byte is kept for the next call.
    package mutating func decode(_ bytes: some Sequence<UInt8>) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(bytes.underestimatedCount / 2 + 1)
        for byte in bytes {
            if let first = low {
                samples.append(Int16(bitPattern: UInt16(first) | UInt16(byte) << 8))
                low = nil
            } else {
                low = byte
            }
        }
        return samples
    }
}

/// The frame that is being written to a modem's sound port. A frame that was begun is finished, however slowly: half a sample
/// would turn all that follows into noise.
package struct FrameWriter: Equatable, Sendable {
    /// What of the frame is still to be written.
    package private(set) var rest: [UInt8] = []

    package init() {}

    /// Whether the last frame is not yet written.
    package var isBusy: Bool { !rest.isEmpty }

    /// Takes the next frame.
    ///
    /// - Returns: false, and nothing is taken, while the last one is not written.
    package mutating func begin(_ frame: some Sequence<Int16>) -> Bool {
        guard !isBusy else { return false }
        rest = frame.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        return true
    }

    /// That many bytes of ``rest`` were written.
    package mutating func wrote(_ count: Int) {
        rest.removeFirst(min(max(0, count), rest.count))
    }
}
