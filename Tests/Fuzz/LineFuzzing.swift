import ModemCore

/// The line decoder: the cut of the reads does not matter, and lines are what it promises.
enum LineFuzzing {
    /// The first byte tells whether there are shielded events, the second where the second read begins.
    static func check(_ bytes: [UInt8]) throws {
        guard bytes.count >= 2 else { return }
        let hasShieldedEvents = bytes[0] % 2 == 1
        let wire = bytes[2...]
        var decoder = ATLineDecoder(hasShieldedEvents: hasShieldedEvents)
        let whole = decoder.decode(wire)

        let cut = wire.startIndex + (wire.isEmpty ? 0 : Int(bytes[1]) % wire.count)
        decoder = ATLineDecoder(hasShieldedEvents: hasShieldedEvents)
        let halves = decoder.decode(wire[..<cut]) + decoder.decode(wire[cut...])
        try hold(halves == whole, "cut at \(cut): \(halves), not \(whole)")

        decoder = ATLineDecoder(hasShieldedEvents: hasShieldedEvents)
        let single = wire.flatMap { decoder.decode([$0]) }
        try hold(single == whole, "byte by byte: \(single), not \(whole)")

        for element in whole {
            switch element {
            case .line(let line):
                try hold(
                    !line.isEmpty && line.first != " " && line.last != " ",
                    "not trimmed: \(line.debugDescription)"
                )
                // A byte that is not UTF-8 becomes three.
                try hold(line.utf8.count <= 3 * ATLineDecoder.maximumLineLength, "a line of \(line.utf8.count) bytes")
                try hold(
                    line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
                    "a control character in \(line.debugDescription)"
                )
            case .shielded(let code):
                try hold(hasShieldedEvents && (0x21..<0x7F).contains(code), "shielded \(code)")
            case .overflow:
                try hold(wire.count > ATLineDecoder.maximumLineLength, "an overflow of \(wire.count) bytes")
            case .separation:
                try hold(false, "a separation that was not asked for")
            }
        }
    }
}
