import NIOCore
package import NIOWebSocket
package import PatriotCore

/// What can be done at a simulated Patriot, whichever side connected. Every method may be called from any thread.
package protocol SimulatedPatriotSide: Sendable {
    /// The connected diallers.
    var clients: SimulatedPatriotClients { get }

    /// Sends a close frame to all diallers; returns when the connections are closed. None is made or accepted after it.
    func stop() async
}

extension SimulatedPatriotSide {
    /// Diallers that have authenticated, or accepted us.
    package var authenticatedCount: Int { clients.authenticated.count }

    /// Sends a message to all authenticated diallers.
    ///
    /// - Returns: how many those are.
    @discardableResult
    package func send(_ message: PatriotMessage) -> Int {
        let clients = clients.authenticated
        for client in clients {
            self.clients.onEvent(.sent(client: client.id, message))
            client.write(.text, message.encoded())
        }
        return clients.count
    }

    /// Asks for a call, with the number sanitised as Patriot does it, beside what was typed.
    @discardableResult
    package func dial(_ typed: String) -> Int {
        send(.dialRequest(typed: typed))
    }

    /// Sends a text that need not be a message to all connected diallers, authenticated or not.
    @discardableResult
    package func sendText(_ text: String) -> Int {
        sendFrame(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    /// Sends a frame of any kind, also a forbidden one, to all connected diallers.
    @discardableResult
    package func sendFrame(_ frame: WebSocketFrame) -> Int {
        let clients = clients.all
        for client in clients { client.channel.writeAndFlush(frame, promise: nil) }
        return clients.count
    }

    /// Sends a close frame to all connected diallers.
    @discardableResult
    package func disconnectClients(code: WebSocketErrorCode = .goingAway) -> Int {
        let clients = clients.all
        for client in clients { client.disconnect(code) }
        return clients.count
    }

    /// Cuts all connections without a word, as a crashed Patriot does.
    @discardableResult
    package func killClients() -> Int {
        let clients = clients.all
        for client in clients { client.kill() }
        return clients.count
    }

    /// While silent, nothing that comes is answered, not even a ping: as a Patriot that hangs.
    package func setSilent(_ isSilent: Bool) {
        clients.setSilent(isSilent)
    }

    /// Closes what is connected and waits for it.
    func closeAll() async {
        let clients = clients.all
        for client in clients { client.disconnect(.goingAway) }
        for client in clients { try? await client.channel.closeFuture.get() }
    }
}

extension PatriotMessage {
    /// A dial-request for what an operator typed: `phoneNo` keeps only `0-9`, `+`, `*` and `#`.
    package static func dialRequest(typed: String) -> PatriotMessage {
        let kept = typed.unicodeScalars.filter { scalar in
            switch scalar {
            case "0"..."9", "+", "*", "#": true
            default: false
            }
        }
        return .dialRequest(phoneNo: String(String.UnicodeScalarView(kept)), rawPhoneNo: typed)
    }
}
