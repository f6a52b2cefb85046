import Basics

/// Where the TCP connection goes. Name, SNI and `Host` are not its business.
struct PatriotEndpoint: Equatable, Sendable {
    let host: String
    let port: Int

    /// - Parameter address: `PATRIOT_ADDRESS`: a name or an IP address, with or without a port; `[::1]:9009` for IPv6
    ///   with a port. nil means the documented name itself.
    init(host: String, port: Int, address: String?) {
        guard let address, !address.isEmpty else {
            self.init(host: host, port: port)
            return
        }
        let colon = address.lastIndex(of: ":")
        let isBracketed = address.hasPrefix("[")
        let isBareIPv6 = !isBracketed && address.firstIndex(of: ":") != colon
        if let colon, !isBareIPv6, let ownPort = UInt16(address[address.index(after: colon)...]) {
            self.init(host: Self.withoutBrackets(address[..<colon]), port: Int(ownPort))
        } else {
            self.init(host: Self.withoutBrackets(address[...]), port: port)
        }
    }

    init(_ configuration: PatriotDialer.Configuration) {
        self.init(host: configuration.host, port: configuration.port, address: configuration.address)
    }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    private static func withoutBrackets(_ text: Substring) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : String(text)
    }
}

extension PatriotDialer.Configuration {
    /// Where the TCP connection goes, as a person reads it: `192.0.2.7:9009`, `[2001:db8::7]:9009`.
    package var place: String { "\(PatriotEndpoint(self))" }
}

extension PatriotEndpoint: CustomStringConvertible {
    /// `192.0.2.7:9009`, `[2001:db8::7]:9009`
    var description: String { hostAndPort(host, port) }
}
