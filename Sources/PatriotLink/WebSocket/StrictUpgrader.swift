import NIOCore
import NIOHTTP1
import NIOWebSocket

/// NIO's WebSocket upgrade with the checks of RFC 6455 4.1 that it leaves out: the answer has to say `Connection: Upgrade`, once
/// `Upgrade: websocket` alone, and must not bring an extension or a subprotocol, as none is asked for.
struct StrictUpgrader: NIOHTTPClientProtocolUpgrader {
    let upgrader: NIOWebSocketClientUpgrader

    var supportedProtocol: String { upgrader.supportedProtocol }
    var requiredUpgradeHeaders: [String] { upgrader.requiredUpgradeHeaders }

    func addCustom(upgradeRequestHeaders headers: inout HTTPHeaders) {
        upgrader.addCustom(upgradeRequestHeaders: &headers)
    }

    func shouldAllowUpgrade(upgradeResponse head: HTTPResponseHead) -> Bool {
        Self.isUpgrade(head) && upgrader.shouldAllowUpgrade(upgradeResponse: head)
    }

    func upgrade(context: ChannelHandlerContext, upgradeResponse head: HTTPResponseHead) -> EventLoopFuture<Void> {
        upgrader.upgrade(context: context, upgradeResponse: head)
    }

    static func isUpgrade(_ head: HTTPResponseHead) -> Bool {
        let names = { (name: String) in head.headers[canonicalForm: name].map { $0.lowercased() } }
        return names("Connection").contains("upgrade") && names("Upgrade") == ["websocket"]
            && head.headers["Sec-WebSocket-Accept"].count == 1
            && !head.headers.contains(name: "Sec-WebSocket-Extensions")
            && !head.headers.contains(name: "Sec-WebSocket-Protocol")
    }
}
