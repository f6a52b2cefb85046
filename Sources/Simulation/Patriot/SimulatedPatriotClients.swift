import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOOpenSSL
import NIOPosix
import NIOWebSocket

/// One connected dialler, as commands see it.
struct SimulatedPatriotClient: Sendable {
    let id: Int
    let channel: any Channel
    var isAuthenticated = false

    func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) {
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: bytes)), promise: nil)
    }

    /// Sends a close frame (RFC 6455 5.5.1) and closes when the dialler has answered, or five seconds later.
    func disconnect(_ code: WebSocketErrorCode) {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data), promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    /// Resets the TCP connection: no close frame, no TLS close_notify.
    func kill() {
        channel.eventLoop.execute {
            // Unsent and unread bytes are dropped with it.
            let reset = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            (reset ?? channel.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in
                let tls = try? channel.pipeline.syncOperations.context(handlerType: TLSHandler.self)
                // From the handler's place downwards: it does not see this close, and so cannot send a close frame.
                tls?.close(promise: nil)
            }
        }
    }
}

/// The connected diallers, shared by the event loops and the callers of commands.
package final class SimulatedPatriotClients: Sendable {
    private struct State {
        var clients: [Int: SimulatedPatriotClient] = [:]
        var lastID = 0
        var isSilent = false
    }

    let onEvent: @Sendable (SimulatedPatriotEvent) -> Void
    private let state = NIOLockedValueBox(State())

    init(onEvent: @escaping @Sendable (SimulatedPatriotEvent) -> Void) {
        self.onEvent = onEvent
    }

    var all: [SimulatedPatriotClient] {
        state.withLockedValue { $0.clients.values.sorted { $0.id < $1.id } }
    }

    var authenticated: [SimulatedPatriotClient] {
        all.filter(\.isAuthenticated)
    }

    var isSilent: Bool {
        state.withLockedValue { $0.isSilent }
    }

    func setSilent(_ isSilent: Bool) {
        state.withLockedValue { $0.isSilent = isSilent }
    }

    /// - Returns: the new client's id.
    func add(_ channel: any Channel) -> Int {
        state.withLockedValue { state in
            state.lastID += 1
            state.clients[state.lastID] = SimulatedPatriotClient(id: state.lastID, channel: channel)
            return state.lastID
        }
    }

    func setAuthenticated(_ id: Int, _ isAuthenticated: Bool) {
        state.withLockedValue { $0.clients[id]?.isAuthenticated = isAuthenticated }
    }

    func remove(_ id: Int) {
        state.withLockedValue { _ = $0.clients.removeValue(forKey: id) }
    }
}
