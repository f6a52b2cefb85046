package import NIOOpenSSL
package import PatriotCore

extension PatriotClient {
    /// Where Patriot is, how it is known, and what it may do.
    package struct Configuration: Sendable {
        /// The documented name: SNI, certificate name and `Host`.
        package var host: String
        package var port: Int
        package var path: String
        /// Where to connect instead (`PATRIOT_ADDRESS`), `HOST` or `HOST:PORT`; changes only where TCP goes.
        package var address: String?
        package var apiKey: APIKey
        package var trust: TLSTrust
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
