/// The operator's loudspeaker: takes samples at its own pace.
package protocol PlaybackDevice: AnyObject {
    /// Samples a second.
    var rate: Int { get }

    /// Samples that it still has to play; 0 after an underrun, from which it has recovered.
    ///
    /// - Throws: when the device is gone.
    func queued() throws(SoundDeviceError) -> Int

    /// Queues samples; those that it has no room for are dropped.
    ///
    /// - Throws: when the device is gone.
    func write(_ samples: [Int16]) throws(SoundDeviceError)
}

/// The operator's microphone.
package protocol CaptureDevice: AnyObject {
    /// Samples a second.
    var rate: Int { get }

    /// What it has captured since the last call; does not wait.
    ///
    /// - Throws: when the device is gone.
    func read() throws(SoundDeviceError) -> [Int16]
}

/// Why there is no sound device.
package enum SoundDeviceError: Error, Equatable, Sendable {
    /// There is no device of that name, or no longer.
    case notFound(name: String)
    /// Another program has it: a desktop's sound server above all.
    case busy(name: String)
    case permissionDenied(name: String)
    /// Something else, as the library says it.
    case failed(name: String, call: String, errno: CInt)
}
