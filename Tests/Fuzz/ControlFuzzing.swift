@testable import Dialler

/// The control protocol: whatever is read as a request or a message is written as one line and read again as the same.
enum ControlFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        if let request = try? ControlRequest(line: bytes) {
            let line = request.line
            try isOneLine(line)
            try hold(try ControlRequest(line: line.dropLast()) == request, "\(request) comes back otherwise")
        }
        if let message = try? ControlMessage(line: bytes) {
            let line = message.line
            try isOneLine(line)
            try hold(try ControlMessage(line: line.dropLast()) == message, "\(message) comes back otherwise")
        }
    }

    private static func isOneLine(_ line: [UInt8]) throws {
        try hold(line.last == UInt8(ascii: "\n"), "a line without an end")
        try hold(
            !line.dropLast().contains { $0 < 0x20 },
            "more than one line: \(String(decoding: line, as: UTF8.self))"
        )
    }
}
