import Glibc
import Testing

@testable import SerialDevice

@Suite("SerialPort.open")
struct SerialPortTests {
    @Test func makesTheLineRawAndKeepsDTROnClose() throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings(baudRate: 57600))
        let attributes = terminal.attributes
        #expect(attributes.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0)
        #expect(attributes.c_iflag == tcflag_t(IGNPAR))
        #expect(attributes.c_oflag & tcflag_t(OPOST) == 0)
        #expect(attributes.c_cflag & tcflag_t(CSIZE) == tcflag_t(CS8))
        #expect(attributes.c_cflag & tcflag_t(CLOCAL | CREAD) == tcflag_t(CLOCAL | CREAD))
        #expect(attributes.c_cflag & tcflag_t(HUPCL | PARENB | CSTOPB) == 0)
        #expect(attributes.c_cflag & tcflag_t(CRTSCTS) == 0)
        #expect(withUnsafePointer(to: attributes) { cfgetospeed($0) } == speed_t(B57600))
        port.close()
    }

    @Test func switchesHardwareFlowControlOnRequest() throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings(hardwareFlowControl: true))
        #expect(terminal.attributes.c_cflag & tcflag_t(CRTSCTS) != 0)
        port.close()
    }

    @Test(arguments: LineSettings.supportedBaudRates)
    func takesEveryRateOfTheTable(rate: Int) throws {
        let terminal = try PseudoTerminal()
        try SerialPort.open(terminal.path, settings: LineSettings(baudRate: rate)).close()
        let attributes = terminal.attributes
        let speed = withUnsafePointer(to: attributes) { cfgetospeed($0) }
        #expect(speed == LineSettings(baudRate: rate).speed)
    }

    @Test(arguments: [0, -1, 115201, Int.max])
    func refusesAnOddRate(rate: Int) throws {
        let terminal = try PseudoTerminal()
        #expect(throws: SerialPortError.settingsRefused(path: terminal.path, setting: "\(rate) bit/s")) {
            try SerialPort.open(terminal.path, settings: LineSettings(baudRate: rate))
        }
    }

    @Test func isBusyForASecondOpenAndNamesTheHolder() throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        let error = #expect(throws: SerialPortError.self) {
            try SerialPort.open(terminal.path, settings: LineSettings())
        }
        guard case .busy(terminal.path, let holder) = error else {
            Issue.record("not busy: \(String(describing: error))")
            return
        }
        #expect(holder?.processID == getpid())
        port.close()
    }

    @Test func isBusyWhenAnotherProgramHoldsOnlyTheFileLock() throws {
        let terminal = try PseudoTerminal()
        let other = Glibc.open(terminal.path, O_RDWR | O_NOCTTY | O_NONBLOCK)
        defer { _ = Glibc.close(other) }
        try #require(flock(other, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: SerialPortError.self) {
            try SerialPort.open(terminal.path, settings: LineSettings())
        }
    }

    @Test func isFreeAgainAfterClose() throws {
        let terminal = try PseudoTerminal()
        for _ in 0..<3 {
            let port = try SerialPort.open(terminal.path, settings: LineSettings())
            port.close()
            port.close()
        }
    }

    @Test func isFreeAgainAfterATryThatFailedWhileAnotherProgramHasItOpen() throws {
        let terminal = try PseudoTerminal()
        let other = Glibc.open(terminal.path, O_RDWR | O_NOCTTY | O_NONBLOCK)
        defer { _ = Glibc.close(other) }
        #expect(throws: SerialPortError.self) {
            try SerialPort.open(terminal.path, settings: LineSettings(baudRate: 0))
        }
        try SerialPort.open(terminal.path, settings: LineSettings()).close()
    }

    @Test func hasNoControlLinesOnAPseudoTerminal() throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        #expect(port.controlLines == nil)
        port.setDTR(false)
        port.close()
        #expect(port.controlLines == nil)
    }

    @Test(arguments: [
        ("/dev/no-such-modem", SerialPortError.notFound(path: "/dev/no-such-modem")),
        ("/dev/null", .notATerminal(path: "/dev/null")),
        ("/etc/passwd", .notATerminal(path: "/etc/passwd")),
        ("/dev", .notATerminal(path: "/dev")),
        ("/etc/passwd/modem", .notFound(path: "/etc/passwd/modem")),
        ("", .notFound(path: "")),
    ])
    func refusesWhatIsNoPort(path: String, expected: SerialPortError) {
        #expect(throws: expected) {
            try SerialPort.open(path, settings: LineSettings())
        }
    }

    @Test func findsTheHolderByItsOpenDescriptor() throws {
        let terminal = try PseudoTerminal()
        let holder = try #require(PortHolder.find(of: terminal.path))
        #expect(holder.processID == getpid())
        #expect(holder.name?.isEmpty == false)
        #expect(PortHolder.find(of: "/dev/no-such-modem") == nil)
    }
}

@Suite("SerialPortError")
struct SerialPortErrorTests {
    @Test("A policy that forbids a device is not taken for a missing group")
    func deniedByPolicyAndByMode() {
        #expect(TerminalDevice.openFailure(EPERM, path: "/dev/ttyAMA0") == .deviceNotAllowed(path: "/dev/ttyAMA0"))
        let denied = TerminalDevice.openFailure(EACCES, path: "/dev/null")
        guard case .permissionDenied(path: "/dev/null", group: "root", _) = denied else {
            Issue.record("EACCES is about the mode of the node")
            return
        }
    }

    @Test(arguments: [
        (SerialPortError.notFound(path: "/dev/ttyUSB2"), ["/dev/ttyUSB2", "plugged in", "patriot-dialler modems"]),
        (
            .permissionDenied(path: "/dev/ttyUSB2", group: "dialout", user: "anna"),
            ["dialout", "sudo usermod -aG dialout anna"]
        ),
        (.permissionDenied(path: "/dev/ttyUSB2", group: "root", user: "anna"), ["udev rules", "dialout"]),
        (.deviceNotAllowed(path: "/dev/ttyAMA0"), ["device policy", "DeviceAllow=/dev/ttyAMA0 rw", "systemctl edit"]),
        (.busy(path: "/dev/ttyUSB2", holder: nil), ["in use", "sudo fuser -v /dev/ttyUSB2"]),
        (
            .busy(path: "/dev/ttyUSB2", holder: PortHolder(processID: 77, name: "minicom")),
            ["minicom (process 77)", "MODEM_DEVICE"]
        ),
        (
            .busy(path: "/dev/ttyUSB2", holder: PortHolder(processID: 78, name: "ModemManager")),
            ["ModemManager (process 78)", "ID_MM_DEVICE_IGNORE", "systemctl disable --now ModemManager"]
        ),
        (.notATerminal(path: "/dev/null"), ["/dev/null", "not a serial port", "by-path"]),
        (.settingsRefused(path: "/dev/ttyS0", setting: "921600 bit/s"), ["921600 bit/s", "MODEM_BAUD_RATE"]),
        (.system(call: "open", errno: EIO, path: "/dev/ttyS0"), ["open", "Input/output error", "/dev/ttyS0"]),
    ])
    func namesTheCauseAndWhatMendsIt(error: SerialPortError, words: [String]) {
        for word in words { #expect(error.description.contains(word), "\(error)") }
        // Each is told apart where there is room for it.
        #expect(error.description == "\(error.cause): \(error.advice).")
        #expect(!error.cause.hasSuffix(".") && !error.advice.hasSuffix("."))
    }
}

@Suite("ControlLines")
struct ControlLinesTests {
    @Test func readsTheKernelBits() {
        #expect(ControlLines(modemBits: TIOCM_DTR | TIOCM_CTS | TIOCM_RNG) == [.dtr, .cts, .ri])
        #expect(ControlLines(modemBits: TIOCM_RTS | TIOCM_DSR | TIOCM_CAR) == [.rts, .dsr, .dcd])
        #expect(ControlLines(modemBits: 0) == [])
        #expect(ControlLines([.dtr, .rts]).modemBits == TIOCM_DTR | TIOCM_RTS)
        #expect(ControlLines(modemBits: ControlLines.all.modemBits) == .all)
    }

    @Test func namesTheLinesThatAreOn() {
        #expect(ControlLines([.ri, .dtr, .cts]).description == "DTR CTS RI")
    }
}
