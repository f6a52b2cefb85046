import ArgumentParser
import Dialler
import ModemCore
import SerialDevice

/// What the shell offers for the value of an option.
enum ValueCompletion {
    /// The lines that are set up or run, as far as this user may see them.
    static let line = CompletionKind.custom { _, _, _ in
        let running = FileSystem.names(in: Configuration.allRuntimeDirectories) ?? []
        let names = Set(LineDirectory(LineDirectory.standardPath).lines + running)
        return names.filter { LineDirectory.fault(inName: $0) == nil }.sorted()
    }

    /// As for MODEM_DEVICE.
    static let device = CompletionKind.custom { _, _, _ in
        let nodes = ((try? ModemDiscovery.modems()) ?? []).map(\.node)
        let folders = ["/dev/patriot-dialler", "/dev/serial/by-id"]
        let links = folders.flatMap { folder in (FileSystem.names(in: folder) ?? []).map { "\(folder)/\($0)" } }
        return ["auto"] + nodes.sorted() + links.sorted()
    }

    static let profile = CompletionKind.list(["auto"] + ModemProfile.all.map(\.name))
    static let configurationFile = CompletionKind.file(extensions: ["conf"])
    static let file = CompletionKind.file()
    static let baudRate = CompletionKind.list(LineSettings.supportedBaudRates.map(String.init))

    /// What `calls --result` knows, beside the ones with a number of their own at the end.
    static let result = CompletionKind.list((CallFilter.results + ReleaseCause.numberedNames).sorted())
}
