/// The units of the package, by their names.
package enum SystemdUnit {
    /// A modem that is plugged in starts it, and it starts the lines.
    static let target = "patriot-dialler.target"

    /// Of a line.
    package static func name(ofLine line: String) -> String { "patriot-dialler@\(line).service" }
}
