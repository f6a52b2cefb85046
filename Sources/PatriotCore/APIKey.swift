/// The secret that `authentication-request` carries (`WebSocketApiKey` of the Patriot Client's `.config` file, unescaped).
///
/// Printing, interpolating or dumping it never shows the key: only ``text`` does.
package struct APIKey: Sendable, Equatable {
    /// The key itself, for the wire only.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Whether both are the same. The time it takes depends on the offered key's length alone, not on how much of it is right.
    /// An empty key matches nothing.
    package func isMatched(by offered: APIKey) -> Bool {
        let own = Array(text.utf8)
        guard !own.isEmpty else { return false }
        let theirs = Array(offered.text.utf8)
        var difference = own.count ^ theirs.count
        for (index, byte) in theirs.enumerated() { difference |= Int(byte ^ own[index % own.count]) }
        return difference == 0
    }

    /// The text without the key: anyone who is shown one that he does not know may say which.
    package func hidden(in text: String) -> String {
        self.text.isEmpty ? text : text.replacing(self.text, with: "(the key)")
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(API key)" }
    package var debugDescription: String { description }
    /// Without it `dump` and a failed `#expect` would walk into ``text``.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
