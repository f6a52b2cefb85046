import Glibc

/// A file that remembers, over restarts of the daemon, that the SIM's PIN was tried and has not worked yet.
///
/// Three wrong tries lock a SIM, and a daemon that is restarted by its supervisor has no memory of its own. The file lies
/// in the runtime directory, which the system empties at boot and when the line is stopped; `setup` removes it when it writes
/// another PIN.
package struct SIMPINMarker {
    /// nil where there is no runtime directory; then nothing is remembered.
    let path: String?

    package init(directory: String?) {
        path = directory.map { $0 + "/sim-pin-tried" }
    }

    var isSet: Bool {
        path.map { access($0, F_OK) == 0 } ?? false
    }

    /// - Returns: false when it could not be written.
    func set() -> Bool {
        guard let path else { return true }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        return close(descriptor) == 0
    }

    /// The PIN may be tried again by a line that starts.
    package func clear() {
        if let path { unlink(path) }
    }
}
