package import SerialDevice

extension PortHolder {
    /// The configuration file that the command line of this program's process names; nil where it names none, or one
    /// relative to a directory that may not be ours.
    package var configurationFile: String? {
        guard let file = try? SmallFile.read("/proc/\(processID)/cmdline", limit: 65_536) else { return nil }
        let words = file.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let index = words.firstIndex(of: "--config"), let path = words.dropFirst(index + 1).first else {
            return nil
        }
        return path.hasPrefix("/") ? path : nil
    }
}
