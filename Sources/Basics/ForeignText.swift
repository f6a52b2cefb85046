/// Text that somebody else wrote: a modem, Patriot, a certificate, a device, a file.
///
/// Its description, and with it each message that it is put into, is visible (``visible(_:)``) and short, whatever was written.
package struct ForeignText: Hashable, Sendable {
    /// The most scalars that are kept. Characters would be no limit: one letter may have thousands of accents.
    package static let limit = 200

    /// As it was written, cut to ``limit`` scalars and an ellipsis: to compare it, never to show it.
    package let raw: String

    package init(_ text: String) {
        raw = cut(text, to: Self.limit)
    }
}

extension ForeignText {
    /// One after another with commas, cut like one text; nil when there is none.
    package static func list(_ texts: [ForeignText]) -> String? {
        texts.isEmpty ? nil : ForeignText(texts.map(\.raw).joined(separator: ", ")).description
    }
}

extension ForeignText: CustomStringConvertible {
    /// On one line, nothing invisible in it.
    package var description: String { visible(raw) }
}

extension ForeignText: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        self.init(text)
    }
}
