/// A text that must never be seen: no description, message or log line shows it.
package struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself; only for the one place that needs it.
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { "(set)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
