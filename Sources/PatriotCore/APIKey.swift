/// The secret that `authentication-request` carries (`WebSocketApiKey` of the Patriot Client's `.config` file, unescaped).
///
/// Printing, interpolating or dumping it never shows the key: only ``text`` does.
package struct APIKey: Sendable, Equatable {
    /// The key itself, for the wire only.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(API key)" }
    package var debugDescription: String { description }
    /// Without it `dump` and a failed `#expect` would walk into ``text``.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
