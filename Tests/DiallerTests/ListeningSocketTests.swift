import Glibc
import SerialDevice
import Testing

@testable import Dialler

@Suite("Who listens on a port")
struct ListeningSocketTests {
    @Test("The kernel's tables are read: both families, listening sockets only")
    func tables() {
        let v4 = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:2332 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0
               1: 0100007F:2332 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 0 10 -1
            """
        #expect(ListeningSocket.parse(v4) == [ListeningSocket(address: "127.0.0.1", port: 9010, inode: "4242")])
        let v6 = "0: 000080FE00000000000000000100007F:0050 0:0 0A 0:0 00:0 0 0 0 7 1 0 100"
        #expect(ListeningSocket.parse(v6) == [ListeningSocket(address: "fe80::7f00:1", port: 80, inode: "7")])
        #expect(ListeningSocket.parse("rubbish\n\n0: x:y z 0A a b c d e f g").isEmpty)
    }

    @Test("A socket of this process is found, at its address and where all are asked for, and nowhere else")
    func own() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int in
                guard bind(descriptor, pointer, length) == 0, listen(descriptor, 1) == 0,
                    getsockname(descriptor, pointer, &length) == 0
                else { return 0 }
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int($0.pointee.sin_port.bigEndian)
                }
            }
        }
        try #require(port != 0)
        #expect(ListeningSocket.all(port: port, address: "127.0.0.1").first?.holder?.processID == getpid())
        #expect(ListeningSocket.all(port: port, address: nil).count == 1)
        #expect(ListeningSocket.all(port: port, address: "192.0.2.7").isEmpty)
    }
}
