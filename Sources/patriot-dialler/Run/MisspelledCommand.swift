import ArgumentParser
import Basics
import Dialler

/// A command line that begins with a word that is no subcommand.
struct MisspelledCommand {
    /// What to tell about it.
    let message: String

    /// - Parameter arguments: without the program's own name.
    /// - Returns: nil where each word that has to be a subcommand is one.
    init?(_ arguments: [String], of root: any ParsableCommand.Type) {
        var path = [Self.name(of: root)]
        var command: any ParsableCommand.Type = root
        for (index, word) in arguments.enumerated() {
            let subcommands = command.configuration.subcommands
            if subcommands.isEmpty || word.hasPrefix("-") || (index == 0 && word == "help") { return nil }
            if let next = subcommands.first(where: { Self.name(of: $0) == word }) {
                command = next
                path.append(word)
                continue
            }
            let caller = path.joined(separator: " ")
            let nearest = Self.nearest(to: word, among: subcommands.map(Self.name))
            let hint = nearest.map { "Did you mean: \(caller) \($0)" } ?? "\(caller) --help lists the commands."
            message = "Unknown command: \(visible(String(word.unicodeScalars.prefix(40)))). \(hint)"
            return
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }

    /// Words that other programs have for the same thing.
    private static let synonyms = [
        "bundle": "support-bundle", "call": "dial", "check": "check-config", "config": "check-config",
        "devices": "modems", "diagnose": "doctor", "history": "calls", "init": "setup", "install": "setup",
        "list": "modems", "modem": "modems", "monitor": "console", "pickup": "answer", "records": "calls",
        "shell": "console", "start": "run", "tones": "dtmf",
    ]

    private static func nearest(to word: String, among names: [String]) -> String? {
        // A hostile word costs no time.
        guard word.utf8.count <= 32 else { return nil }
        let plain = word.lowercased().filter { $0.isLetter || $0.isNumber }
        if let meant = synonyms[plain], names.contains(meant) { return meant }
        let candidates = names.map { name in
            (name: name, distance: editDistance(plain, name.filter { $0 != "-" }))
        }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        if best.distance * 3 <= max(plain.count, best.name.count) { return best.name }
        let begun = names.filter { $0.hasPrefix(plain) }
        return plain.count >= 2 && begun.count == 1 ? begun[0] : nil
    }
}
