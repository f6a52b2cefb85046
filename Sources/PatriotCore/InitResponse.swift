import FoundationEssentials

/// What a dialler answers to an ``InitRequest``, as the Patriot that sent it reads it.
package struct InitResponse: Equatable, Sendable {
    /// Whether the session is open.
    package let success: Bool
    /// Why not.
    package let error: String?

    package init(success: Bool, error: String?) {
        self.success = success
        self.error = error
    }

    /// Nil for a message that is none.
    package init?(decoding bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard (try? PatriotMessage.checkJSON(bytes)) != nil,
            let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)),
            wire.type.prefix(4).lowercased() == "init"
        else { return nil }
        self.init(success: wire.payload.success, error: wire.payload.error)
    }

    private struct Wire: Decodable {
        struct Payload: Decodable {
            var success: Bool
            var error: String?
        }

        var type: String
        var payload: Payload
    }
}
