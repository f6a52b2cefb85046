import PatriotCore

/// The JSON codec: whatever is read is written and read again as the same, and its description is fit for a log.
enum PatriotFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        let message: PatriotMessage
        do throws(PatriotMessageError) {
            message = try PatriotMessage(decoding: bytes)
        } catch {
            return try isFitForLog("\(error)")
        }
        try isFitForLog(message.description)
        let wire = message.encoded()
        try hold(!wire.contains { $0 < 0x20 }, "a control character on the wire")
        let again = try PatriotMessage(decoding: wire)
        try hold(again == message, "\(message) comes back as \(again)")
        try hold(again.encoded() == wire, "\(message) is not written the same twice")
    }
}
