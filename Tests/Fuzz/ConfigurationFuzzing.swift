import TestSupport

@testable import Dialler

/// The configuration file: each problem is on a line that there is and fit to be read, and a change changes nothing else.
enum ConfigurationFuzzing {
    /// The first byte chooses the key to change, the second one is its value; the file follows.
    static func check(_ bytes: [UInt8]) throws {
        guard bytes.count >= 2 else { return }
        let key = ConfigurationKey.allCases[Int(bytes[0]) % ConfigurationKey.allCases.count]
        let value = String(UnicodeScalar(UInt8(ascii: "0") + bytes[1] % 10))
        let file = Array(bytes.dropFirst(2))
        try checkLines(of: file)
        try checkLoading(of: file)
        try checkEdit(of: file, setting: key, to: value)
    }

    private static func checkLines(of file: [UInt8]) throws {
        let lineCount = 1 + file.count { $0 == UInt8(ascii: "\n") }
        let parsed = ConfigurationFile(parsing: file)
        let numbers = parsed.entries.map(\.line)
        try hold(numbers == numbers.sorted(), "the entries are on lines \(numbers)")
        for line in numbers + parsed.faults.map(\.line) {
            try hold((1...lineCount).contains(line), "line \(line) of \(lineCount)")
        }
    }

    private static func checkLoading(of file: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("line1.conf", file)
        let lineCount = 1 + file.count { $0 == UInt8(ascii: "\n") }
        let loaded = Configuration.load(ConfigurationSources(file: path))
        for problem in loaded.problems {
            try isFitForLog(problem.description, limit: 4096)
            if case .file(_, let line?) = problem.place {
                try hold((1...lineCount).contains(line), "\(problem): the file has \(lineCount) lines")
            }
        }
        try hold(
            (loaded.configuration == nil) == !loaded.errors.isEmpty,
            "refused without an error, or the other way round"
        )
    }

    private static func checkEdit(of file: [UInt8], setting key: ConfigurationKey, to value: String) throws {
        let old = ConfigurationFile(parsing: file).entries.map { [$0.key, $0.value] }
        guard let changed = try? ConfigurationEdit.bytes(file, setting: key, to: value, comment: "fuzz") else { return }
        let new = ConfigurationFile(parsing: changed).entries.map { [$0.key, $0.value] }
        try hold(new.last { $0[0] == key.rawValue } == [key.rawValue, value], "\(key.rawValue) is not set in \(new)")
        let place = old.lastIndex { $0[0] == key.rawValue }
        try hold(place == nil ? new.dropLast() == old[...] : new.count == old.count, "\(old) became \(new)")
        guard place == nil, let restored = try? ConfigurationEdit.bytes(changed, removing: key, comment: "fuzz") else {
            return
        }
        let end =
            file.isEmpty || file.last == UInt8(ascii: "\n") ? [] : changed.dropFirst(file.count).prefix { $0 <= 0x0D }
        try hold(restored == file + end, "set and removed again, \(file) is \(restored)")
    }
}
