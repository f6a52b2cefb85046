import ModemCore

/// Cuts what is read from a port into lines, and keeps what ended them.
struct LinePieces {
    private var bytes: [UInt8] = []

    /// True when nothing waits for its line end.
    var isEmpty: Bool { bytes.isEmpty }

    mutating func take(_ new: [UInt8]) -> [(text: String, end: String)] {
        bytes += new
        var pieces: [(text: String, end: String)] = []
        while let first = bytes.firstIndex(where: Self.endsLine) {
            let next = bytes[first...].firstIndex { !Self.endsLine($0) } ?? bytes.endIndex
            pieces.append((Self.text(bytes[..<first]), Self.text(bytes[first..<next])))
            bytes.removeSubrange(..<next)
        }
        // What never ends a line is shown in pieces.
        if bytes.count > ATLineDecoder.maximumLineLength { pieces.append((takeRest(), "")) }
        return pieces
    }

    mutating func takeRest() -> String {
        defer { bytes = [] }
        return Self.text(bytes[...])
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x0A }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { RawText.text(of: bytes) }
}
