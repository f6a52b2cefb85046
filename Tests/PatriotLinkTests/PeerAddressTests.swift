import NIOCore
import Testing

@testable import PatriotLink

@Suite("Where a connection comes from")
struct PeerAddressTests {
    @Test(
        "IPv4 counts by address, IPv6 by its /64, and an IPv4 address that came through IPv6 as IPv4",
        arguments: [
            ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("fe80::1", "fe80::1", "fe80::/64"),
            ("::1", "::1", "::/64"),
        ]
    )
    func places(_ ip: String, _ text: String, _ network: String) throws {
        let address = PeerAddress(try SocketAddress(ipAddress: ip, port: 1))
        #expect(address.text == text)
        #expect(address.network == network)
    }

    @Test("Without an address all count as one")
    func unknown() {
        #expect(PeerAddress(nil) == PeerAddress(nil))
        #expect(PeerAddress(nil).text == "an unknown address")
    }
}
