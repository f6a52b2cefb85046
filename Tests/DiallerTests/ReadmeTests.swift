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

    @Test("Each file that a recipe for a change names is there, once")
    func namedFiles() throws {
        let files = try Repository.files(below: "Sources") + Repository.files(below: "Tests")
        for name in try recipes().flatMap(fileNames) {
            #expect(files.filter { $0.hasSuffix("/\(name)") }.count == 1, "\(name)")
        }
    }

    @Test("The recipe for a configuration key names the files of a key that nothing else uses, and no others")
    func keyRecipe() throws {
        let recipe = try #require(recipes().first { $0.hasPrefix("**A configuration key**") })
        let files = try Repository.files(below: "Sources").filter { path in
            guard path.hasSuffix(".swift") else { return false }
            return try Repository.text(of: path).contains(/[. ]recordNumbers\b/)
        }
        let names = files.compactMap { $0.split(separator: "/").last.map(String.init) } + ["Configuration.swift"]
        #expect(fileNames(recipe).sorted() == names.sorted())
    }

    /// What is added to the program, and where.
    private func recipes() throws -> [Substring] {
        let text = try Repository.text(of: "README.md")
        let start = try #require(text.firstRange(of: "\n## Changing it\n")).upperBound
        let end = try #require(text[start...].firstRange(of: "\n## ")).lowerBound
        let recipes = text[start..<end].split(separator: "\n- ").dropFirst()
        try #require(recipes.count == 5)
        return Array(recipes)
    }

    private func fileNames(_ recipe: Substring) -> [String] {
        recipe.matches(of: /`([^`\/…*]+\.(swift|md))`/).map { String($0.output.1) }
    }
}
