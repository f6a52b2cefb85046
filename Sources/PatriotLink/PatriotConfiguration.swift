package import NIOOpenSSL
package import PatriotCore

extension PatriotDialer {
    /// Where Patriot is, how it is known, and what it may do.
    package struct Configuration: Sendable {
        /// The documented name: SNI, certificate name and `Host`.
        package var host: String
        /// 1...65535.
        package var port: Int
        /// Begins with a slash.
        package var path: String
        /// Where to connect instead (`PATRIOT_ADDRESS`), `HOST` or `HOST:PORT`; changes only where TCP goes.
        package var address: String?
        /// Sent once a connection is trusted, and never shown.
        package var apiKey: APIKey
        /// How Patriot's certificate is checked.
        package var trust: TLSTrust
        /// What a dial-request means while a call is up.
        package var dialDuringCall: DialDuringCall

        package init(
            host: String,
            port: Int,
            path: String,
            address: String?,
            apiKey: APIKey,
            trust: TLSTrust,
            dialDuringCall: DialDuringCall
        ) {
            self.host = host
            self.port = port
            self.path = path
            self.address = address
            self.apiKey = apiKey
            self.trust = trust
            self.dialDuringCall = dialDuringCall
        }
    }
}
