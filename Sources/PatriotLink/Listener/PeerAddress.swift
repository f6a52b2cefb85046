import Glibc
import NIOCore

/// Where a connection comes from.
struct PeerAddress: Equatable, Sendable {
    /// As a person reads it: no port, an IPv4 address that came through IPv6 as IPv4.
    let text: String
    /// What the limits for strangers count by: an IPv4 address, or the /64 of an IPv6 address, in which one computer may take as
    /// many addresses as it likes (RFC 4291 2.5.1).
    let network: String

    init(_ address: SocketAddress?) {
        let full = address?.ipAddress ?? "an unknown address"
        var octets = [UInt8](repeating: 0, count: 16)
        guard full.contains(":"), inet_pton(AF_INET6, String(full.prefix { $0 != "%" }), &octets) == 1 else {
            (text, network) = (full, full)
            return
        }
        if octets[..<10].allSatisfy({ $0 == 0 }), octets[10] == 0xFF, octets[11] == 0xFF {
            let mapped = octets[12...].map(String.init).joined(separator: ".")
            (text, network) = (mapped, mapped)
            return
        }
        let prefix = Array(octets[..<8]) + [UInt8](repeating: 0, count: 8)
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let name = inet_ntop(AF_INET6, prefix, &buffer, socklen_t(buffer.count))
        text = full
        network = name.map { String(cString: $0) + "/64" } ?? full
    }
}
