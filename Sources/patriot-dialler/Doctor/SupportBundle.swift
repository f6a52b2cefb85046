import Dialler

/// A text file for support, by its parts.
struct SupportBundle {
    /// What is told under one heading.
    struct Part {
        enum Content {
            case found(String)
            /// A sentence part that says why there is nothing.
            case missing(String)
        }

        var title: String
        var content: Content
    }

    var subject: String
    var time: WallClockTime
    var parts: [Part]
    /// What must not be seen, wherever it stands.
    var secrets: [String]

    /// All of it, line end included.
    var text: String {
        let heading = """
            patriot-dialler: what support needs to know of \(subject)
            Written \(time.text). Keys and PINs are left out; of phone numbers the last three digits are shown.

            \(contents)
            """
        let parts = parts.map { part in
            let text =
                switch part.content {
                case .found(let text): text.isEmpty ? "(nothing)" : text
                case .missing(let reason): "Not here: \(reason)"
                }
            return "\n==== \(part.title)\n\n\(text)\n"
        }
        return withoutSecrets(heading + "\n" + parts.joined())
    }

    /// A line for each part.
    var contents: String {
        withoutSecrets(
            parts.map { part in
                switch part.content {
                case .found: "  ok  \(part.title)"
                case .missing(let reason): "  --  \(part.title): \(reason.prefix { $0 != "\n" })"
                }
            }.joined(separator: "\n")
        )
    }

    private func withoutSecrets(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "(hidden)") }
    }
}
