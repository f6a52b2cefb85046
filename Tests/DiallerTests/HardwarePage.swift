import TestSupport
import Testing

/// hardware.md, taken apart as far as it is compared with the program.
struct HardwarePage {
    /// What stands under one heading of a profile.
    struct Section {
        /// In backquotes and parentheses behind the heading.
        var profile: String
        var lines: [Substring]

        /// The rows of the first table: a name and what is said under it.
        var rows: [(name: String, text: String)] {
            lines.map(HardwarePage.cells).filter { $0.count == 2 && !$0[0].isEmpty && !$0[0].hasPrefix("--") }
                .map { ($0[0], $0[1]) }
        }

        /// The rows of the second table.
        var modems: [ModemRow] {
            lines.map(HardwarePage.cells).filter { $0.count == 5 }
                .map { ModemRow(ids: HardwarePage.usbIDs(in: $0[0]), port: $0[2], sound: $0[3]) }.filter {
                    !$0.ids.isEmpty
                }
        }
    }

    /// One row of a table of USB ids: `2c7c:0125`, or `12d1:*` for all of a vendor.
    struct ModemRow {
        var ids: [String]
        var port: String
        var sound: String
    }

    let text: String
    let lines: [Substring]
    let sections: [Section]

    init() throws {
        text = try Repository.text(of: "hardware.md")
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        sections = Self.sections(of: Self.chapter("The profiles", of: lines))
    }

    /// The text without its line breaks.
    var unbroken: String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// The lines under a heading of the second order; none when there is no such heading.
    func chapter(_ heading: String) -> ArraySlice<Substring> { Self.chapter(heading, of: lines) }

    func section(of profile: String) throws -> Section {
        try #require(sections.first { $0.profile == profile }, "there is no section of \(profile)")
    }

    private static func chapter(_ heading: String, of lines: [Substring]) -> ArraySlice<Substring> {
        lines.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    }

    private static func sections(of lines: some Sequence<Substring>) -> [Section] {
        lines.reduce(into: []) { sections, line in
            if line.hasPrefix("### ") {
                let name = line.wholeMatch(of: /### .* \(`([^`]+)`\)/)?.1 ?? line
                sections.append(Section(profile: String(name), lines: []))
            } else if !sections.isEmpty {
                sections[sections.count - 1].lines.append(line)
            }
        }
    }

    static func usbIDs(in text: some StringProtocol) -> [String] {
        String(text).matches(of: /\b[0-9a-f]{4}:(?:[0-9a-f]{4}\b|\*)/).map { String($0.output) }
    }

    /// The cells of a table's row; none for another line.
    private static func cells(of line: Substring) -> [String] {
        guard line.hasPrefix("|"), line.hasSuffix("|") else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
