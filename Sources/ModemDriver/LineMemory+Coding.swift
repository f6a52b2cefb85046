import ModemCore

/// What a line remembers, as bytes.
struct LineMemoryContent: Equatable {
    /// The boot in which it was written (`/proc/sys/kernel/random/boot_id`).
    var boot = ""
    var recollection = Recollection.unknown
    /// The PINs that were entered and have not worked.
    var triedPINs: [TriedPIN] = []

    struct TriedPIN: Equatable {
        /// A number that is not the PIN.
        var pin: UInt64
        var sim: SIMCard
    }
}

extension LineMemoryContent {
    /// As many bytes as a slot of the file has room for, at most.
    static let maximumSize = 900
    private static let maximumText = 255

    /// - Parameter bootTime: turns a moment into the nanoseconds since the computer was started.
    func bytes(bootTime: (Instant) -> Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ text: String?) {
            let text = text.map { Array($0.utf8.prefix(Self.maximumText)) }
            bytes.append(text == nil ? 0 : 1)
            bytes.append(UInt8(text?.count ?? 0))
            bytes += text ?? []
        }
        append(boot)
        switch recollection {
        case .free: bytes.append(0)
        case .unknown: bytes.append(1)
        case .call(let remembered):
            let call = remembered.call
            bytes += [2, call.direction == .outbound ? 0 : 1, Self.code(call.state)]
            bytes += [remembered.wantsEnd ? 1 : 0, remembered.isTold ? 1 : 0, remembered.isSameBoot ? 1 : 0]
            bytes += Self.bytes(UInt64(bitPattern: bootTime(remembered.begun)))
            append(call.number)
            append(call.asked)
        }
        let pins = triedPINs.suffix(8)
        bytes.append(UInt8(pins.count))
        for tried in pins { bytes += Self.bytes(tried.pin) }
        // Behind all that earlier versions wrote.
        for tried in pins {
            switch tried.sim {
            case .unknown: bytes += [0] + Self.bytes(0)
            case .known(let number): bytes += [1] + Self.bytes(number)
            }
        }
        return bytes
    }

    /// - Parameters:
    ///   - presentBoot: that of now; a call of another boot is known as such.
    ///   - instant: turns the nanoseconds since the computer was started into a moment.
    /// - Returns: nil for what this version did not write.
    init?(_ bytes: [UInt8], instant: (Int64) -> Instant, presentBoot: String) {
        var rest = bytes[...]
        func byte() -> UInt8? { rest.popFirst() }
        func number() -> UInt64? {
            guard rest.count >= 8 else { return nil }
            defer { rest = rest.dropFirst(8) }
            return rest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        func text() -> String?? {
            guard let isThere = byte(), let count = byte(), rest.count >= count, isThere <= 1 else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return .some(isThere == 1 ? String(decoding: rest.prefix(Int(count)), as: UTF8.self) : nil)
        }
        guard let boot = text(), let kind = byte() else { return nil }
        self.boot = boot ?? ""
        switch kind {
        case 0: recollection = .free
        case 1: recollection = .unknown
        case 2:
            guard let direction = byte(), let state = byte().flatMap(Self.state), let wantsEnd = byte(),
                let isTold = byte(), let isSameBoot = byte(), let begun = number(), let dialled = text(),
                let asked = text()
            else { return nil }
            var call = Call(direction: direction == 0 ? .outbound : .inbound, number: dialled, state: state)
            call.asked = asked
            let isPresent = isSameBoot == 1 && !presentBoot.isEmpty && self.boot == presentBoot
            recollection = .call(
                RememberedCall(
                    call,
                    begun: instant(Int64(bitPattern: begun)),
                    wantsEnd: wantsEnd == 1,
                    isTold: isTold == 1,
                    isSameBoot: isPresent
                )
            )
        default: return nil
        }
        guard let count = byte() else { return nil }
        for _ in 0..<count {
            guard let pin = number() else { return nil }
            triedPINs.append(TriedPIN(pin: pin, sim: .unknown))
        }
        for index in triedPINs.indices {
            guard let isKnown = byte(), let sim = number() else { break }
            if isKnown == 1 { triedPINs[index].sim = .known(sim) }
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    private static let states: [CallState] = [
        .dialing, .dialed, .alerting, .active, .held, .incoming, .waiting, .handedOver, .hangingUp,
    ]

    private static func code(_ state: CallState) -> UInt8 { UInt8(states.firstIndex(of: state) ?? states.count) }

    private static func state(_ code: UInt8) -> CallState? {
        states.indices.contains(Int(code)) ? states[Int(code)] : nil
    }

    /// FNV-1a of 64 bits: finds a slot that was torn, and tells one PIN from another.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
