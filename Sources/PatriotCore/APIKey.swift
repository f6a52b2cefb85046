/// The secret that `authentication-request` carries (`WebSocketApiKey` of the Patriot Client's `.config` file, unescaped).
///
/// Printing, interpolating or dumping it never shows the key: only ``text`` does.
package struct APIKey: Sendable, Equatable {
    /// The key itself, for the wire only.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The text without the key: whoever is shown one that he does not know may say which.
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
