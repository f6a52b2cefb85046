import Glibc
import SoundCore

extension SoundDeviceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let name): "no sound device \(name): plug it in, or see aplay -L for the names"
        case .busy(let name): "\(name) is in use by another program: a desktop session's sound server holds its cards"
        case .permissionDenied(let name): "permission denied on \(name): the user must be in the group audio"
        case .failed(let name, let call, let code):
            "\(name): \(call) failed: \(String(cString: strerror(code)))"
        }
    }
}

extension CallBridge.State: CustomStringConvertible {
    /// Without the gaps, of which there may be many.
    package var description: String {
        if isPortGone { return "none: the modem's sound port is gone" }
        var parts: [String] = []
        if heard == .stalled { parts.append("the modem gives nothing") }
        if heard == .silent { parts.append("the modem gives only silence") }
        if taken == .stalled { parts.append("the modem takes nothing") }
        if let playbackFault { parts.append("the operator hears nothing: \(playbackFault)") }
        if let captureFault { parts.append("the operator is not heard: \(captureFault)") }
        if microphone == .stalled { parts.append("the microphone gives nothing") }
        if parts.isEmpty { parts.append(heard == .starting ? "starting" : "both ways") }
        return parts.joined(separator: "; ")
    }
}
