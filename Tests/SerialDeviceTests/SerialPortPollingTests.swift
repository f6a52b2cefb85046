import Glibc
import Testing

@testable import SerialDevice

@Suite("SerialPort without a channel")
struct SerialPortPollingTests {
    @Test func writesReadsAndSeesTheEnd() throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        #expect(port.read() == [])
        #expect(port.write(Array("ATI\r".utf8)))
        #expect(terminal.receive(count: 4) == "ATI\r")
        terminal.send("OK\r\n")
        var entry = pollfd(fd: try #require(port.pollDescriptor), events: Int16(POLLIN), revents: 0)
        #expect(poll(&entry, 1, 2000) == 1)
        #expect(port.read() == Array("OK\r\n".utf8))
        #expect(port.controlLines == nil)
        port.set([.dtr, .rts], to: false)
        terminal.unplug()
        #expect(port.read() == nil)
        port.close()
        #expect(port.pollDescriptor == nil)
        #expect(port.read() == nil)
        #expect(!port.write([0x0D]))
    }
}
