import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("README.md tells what the program does")
struct ReadmeTests {
    /// A row of the configuration table.
    private struct Row {
        var key: String
        var standard: String
    }

    /// The rows whose first cell is one key in backquotes; the second cell is its default.
    private func rows() throws -> [Row] {
        let lines = try Repository.text(of: "README.md").split(separator: "\n").drop { $0 != "## Configuration" }
            .dropFirst()
        return lines.prefix { !$0.hasPrefix("## ") }.compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard line.hasPrefix("| `"), cells.count >= 3 else { return nil }
            return Row(
                key: String(cells[0].dropFirst().prefix { $0 != "`" }),
                standard: String(cells[1].reversed().drop { $0 == " " }.reversed())
            )
        }
    }

    @Test("Its table has every key of the program, once and in order")
    func keys() throws {
        #expect(try rows().map(\.key) == ConfigurationKey.allCases.map(\.rawValue))
    }

    @Test("Its table has the program's defaults")
    func defaults() throws {
        let standard = Configuration(patriot: .init(apiKey: APIKey("")))
        for row in try rows() {
            let key = try #require(ConfigurationKey(rawValue: row.key))
            let text = standard.text(of: key)
            // In parentheses stands what happens without a value, which README says in its own words.
            if !text.hasPrefix("(") { #expect(row.standard == text, "\(row.key)") }
        }
    }
}
