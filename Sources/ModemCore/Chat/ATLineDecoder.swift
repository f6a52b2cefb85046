/// Cuts the modem's bytes into lines (V.250 5.7).
///
/// CR, LF, or any run of them ends a line; empty lines are nothing. Control characters inside a line are line noise (NUL and
/// ESC after a plug-in, for one) and are dropped; bytes that are not UTF-8 come out as U+FFFD. The outcome does not
/// depend on how the bytes were split into reads.
package struct ATLineDecoder: Sendable {
    /// What came out of the bytes.
    package enum Element: Equatable, Sendable {
        case line(String)
        /// The byte after a DLE, which a modem in voice class sends even in the middle of a line (V.253).
        case shielded(UInt8)
        /// A line grew beyond ``ATLineDecoder/maximumLineLength``; it is dropped up to its end and told once.
        case overflow
        /// The line that follows was set apart from the one before by an empty line; told where that is asked for.
        case separation
    }

    /// The longest line kept, in bytes.
    package static let maximumLineLength = 1024

    private var line: [UInt8] = []
    private var isOverflowing = false
    private var isAfterDLE = false
    /// True to take DLE and the byte after it for an event, false to take DLE for noise.
    var hasShieldedEvents: Bool
    private let tellsSeparation: Bool
    private var lineFeeds = 0
    private var carriageReturns = 0

    /// - Parameter tellsSeparation: true for ``Element/separation`` before the first line after an empty one.
    package init(hasShieldedEvents: Bool = false, tellsSeparation: Bool = false) {
        self.hasShieldedEvents = hasShieldedEvents
        self.tellsSeparation = tellsSeparation
    }

    /// Takes what one read delivered and returns the elements it completed, in order.
    package mutating func decode(_ bytes: some Sequence<UInt8>) -> [Element] {
        var elements: [Element] = []
        for byte in bytes {
            if isAfterDLE {
                isAfterDLE = false
                // Control characters stand for themselves; the line goes on with them.
                if byte > 0x20, byte < 0x7F {
                    elements.append(.shielded(byte))
                    continue
                }
            }
            switch byte {
            case 0x10 where hasShieldedEvents:
                isAfterDLE = true
            case 0x0D:
                carriageReturns += 1
                finishLine(into: &elements)
            case 0x0A:
                lineFeeds += 1
                finishLine(into: &elements)
            case 0x00..<0x20, 0x7F:
                continue
            default:
                append(byte, into: &elements)
            }
        }
        return elements
    }

    private mutating func finishLine(into elements: inout [Element]) {
        isOverflowing = false
        let text = line.trimmingSpaces
        if !text.isEmpty {
            elements.append(.line(String(decoding: text, as: UTF8.self)))
        }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func beginLine(into elements: inout [Element]) {
        let isSeparate = lineFeeds > 1 || lineFeeds == 0 && carriageReturns > 1
        (lineFeeds, carriageReturns) = (0, 0)
        if isSeparate, tellsSeparation { elements.append(.separation) }
    }

    private mutating func append(_ byte: UInt8, into elements: inout [Element]) {
        guard !isOverflowing else { return }
        if line.isEmpty { beginLine(into: &elements) }
        guard line.count < Self.maximumLineLength else {
            isOverflowing = true
            line.removeAll(keepingCapacity: true)
            elements.append(.overflow)
            return
        }
        line.append(byte)
    }
}

extension [UInt8] {
    fileprivate var trimmingSpaces: ArraySlice<UInt8> {
        let space = UInt8(ascii: " ")
        guard let first = firstIndex(where: { $0 != space }), let last = lastIndex(where: { $0 != space }) else {
            return []
        }
        return self[first...last]
    }
}
