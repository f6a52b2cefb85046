import NIOCore
package import NIOHTTP1

/// Whether an HTTP request may become the WebSocket of a Patriot (RFC 6455 4.2.1).
package enum UpgradeRequest {
    /// Why not, as the status that the peer is answered.
    package enum Refusal: Error, Equatable, Sendable {
        /// 404: another path.
        case wrongPath
        /// 405: not a GET.
        case wrongMethod
        /// 400: no single `Host`, no single good key, a body, HTTP/1.0.
        case malformed(String)
        /// 426: no upgrade to a WebSocket, or not version 13.
        case notWebSocket

        /// The HTTP status of the answer, 4xx.
        package var status: HTTPResponseStatus {
            switch self {
            case .wrongPath: .notFound
            case .wrongMethod: .methodNotAllowed
            case .malformed: .badRequest
            case .notWebSocket: .upgradeRequired
            }
        }

        /// What the status needs beside it (RFC 9110 10.2.1, 7.8; RFC 6455 4.4).
        package var headers: HTTPHeaders {
            var headers: HTTPHeaders = ["Content-Length": "0", "Connection": "close"]
            switch self {
            case .wrongMethod: headers.add(name: "Allow", value: "GET")
            case .notWebSocket:
                headers.replaceOrAdd(name: "Connection", value: "close, Upgrade")
                headers.add(name: "Upgrade", value: "websocket")
                headers.add(name: "Sec-WebSocket-Version", value: "13")
            case .wrongPath, .malformed: break
            }
            return headers
        }
    }

    /// - Throws: the first thing that is wrong with it.
    package static func check(_ head: HTTPRequestHead, path: String) throws(Refusal) {
        guard head.version == .http1_1 else { throw .malformed("it is not HTTP/1.1") }
        guard self.path(head.uri) == path else { throw .wrongPath }
        guard head.method == .GET else { throw .wrongMethod }
        guard head.headers["Host"].count == 1 else { throw .malformed("it has no single Host") }
        let hasBody =
            head.headers.contains(name: "Transfer-Encoding") || head.headers["Content-Length"].contains { $0 != "0" }
        guard !hasBody else { throw .malformed("it has a body") }
        guard holds(head.headers, "Connection", "upgrade"), holds(head.headers, "Upgrade", "websocket"),
            head.headers["Sec-WebSocket-Version"] == ["13"]
        else { throw .notWebSocket }
        let keys = head.headers["Sec-WebSocket-Key"]
        guard keys.count == 1, isKey(keys[0]) else {
            throw .malformed("it has no single Sec-WebSocket-Key of 16 bytes")
        }
    }

    /// The path of a request's target, without the query.
    private static func path(_ target: String) -> String {
        String(target.prefix { $0 != "?" })
    }

    private static func holds(_ headers: HTTPHeaders, _ name: String, _ word: String) -> Bool {
        headers[canonicalForm: name].contains { $0.lowercased() == word }
    }

    /// 16 bytes in base64: 22 characters and two signs.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && bytes.prefix(22).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
