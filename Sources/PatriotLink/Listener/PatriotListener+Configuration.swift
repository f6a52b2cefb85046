import Basics
package import NIOOpenSSL
package import PatriotCore

extension PatriotListener {
    /// Where Patriot connects to us, and how both sides are known.
    package struct Configuration: Sendable {
        /// The address to listen on; nil for all of this computer.
        package var address: String?
        /// 0...65535; 0 takes a free port.
        package var port: Int
        /// The path that is served; begins with a slash.
        package var path: String
        /// What Patriot must show.
        package var apiKey: APIKey
        /// What we show.
        package var identity: TLSIdentity
        /// What a dial-request means while a call is up.
        package var dialDuringCall: DialDuringCall

        package init(
            address: String?,
            port: Int,
            path: String,
            apiKey: APIKey,
            identity: TLSIdentity,
            dialDuringCall: DialDuringCall
        ) {
            self.address = address
            self.port = port
            self.path = path
            self.apiKey = apiKey
            self.identity = identity
            self.dialDuringCall = dialDuringCall
        }

        /// As a person reads it: `:9010`, `10.0.0.7:9010` or `[fd00::7]:9010`.
        package var place: String {
            guard let address else { return ":\(port)" }
            return hostAndPort(address, port)
        }
    }
}
