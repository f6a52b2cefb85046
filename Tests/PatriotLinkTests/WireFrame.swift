import NIOCore

/// A WebSocket frame as bytes, written and read here independently of NIO (RFC 6455 5.2).
struct WireFrame: Equatable {
    var first: UInt8
    var payload: [UInt8]
    var isMasked = false

    static func text(_ text: String, fin: Bool = true) -> WireFrame {
        WireFrame(first: fin ? 0x81 : 0x01, payload: Array(text.utf8))
    }
    static func continuation(_ payload: [UInt8], fin: Bool) -> WireFrame {
        WireFrame(first: fin ? 0x80 : 0x00, payload: payload)
    }
    static func ping(_ payload: String = "") -> WireFrame { WireFrame(first: 0x89, payload: Array(payload.utf8)) }
    static func pong(_ payload: String = "") -> WireFrame { WireFrame(first: 0x8A, payload: Array(payload.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> WireFrame {
        WireFrame(first: 0x88, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var text: String { String(decoding: payload, as: UTF8.self) }

    /// As a server sends it: not masked.
    var bytes: [UInt8] {
        let count = payload.count
        switch count {
        case 0...125: return [first, UInt8(count)] + payload
        case 126...0xFFFF: return [first, 126, UInt8(count >> 8), UInt8(count & 0xFF)] + payload
        default: return [first, 127] + (0..<8).reversed().map { UInt8(count >> ($0 * 8) & 0xFF) } + payload
        }
    }

    /// Whole frames from what a client sent.
    static func parse(_ bytes: [UInt8]) -> [WireFrame] {
        var frames: [WireFrame] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let first = rest.removeFirst()
            let second = rest.removeFirst()
            var count = Int(second & 0x7F)
            if count >= 126 {
                let width = count == 126 ? 2 : 8
                count = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(width)
            }
            let isMasked = second & 0x80 != 0
            let key = isMasked ? Array(rest.prefix(4)) : [0, 0, 0, 0]
            rest = rest.dropFirst(isMasked ? 4 : 0)
            let payload = rest.prefix(count).enumerated().map { $1 ^ key[$0 % 4] }
            frames.append(WireFrame(first: first, payload: payload, isMasked: isMasked))
            rest = rest.dropFirst(count)
        }
        return frames
    }

    /// What a client is expected to send: the same frame, masked.
    var masked: WireFrame { WireFrame(first: first, payload: payload, isMasked: true) }
}
