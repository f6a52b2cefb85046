import Testing

@testable import SerialDevice

@Suite("ModemManagerVerdict")
struct ModemManagerVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var driver: String?
        var tags: [String: String] = [:]
        var portCount = 1
        var isInstalled = true
        var opens: Bool
        var reason: String

        var testDescription: String { reason }
    }

    @Test(arguments: [
        Case(driver: "option", isInstalled: false, opens: false, reason: "not installed"),
        Case(driver: "option", opens: true, reason: "the driver option"),
        Case(driver: "option", tags: ["ID_MM_DEVICE_IGNORE": "1"], opens: false, reason: "ID_MM_DEVICE_IGNORE"),
        Case(driver: "option", tags: ["ID_MM_DEVICE_IGNORE": "0"], opens: true, reason: "the driver option"),
        Case(driver: "option", tags: ["ID_MM_PORT_IGNORE": "1"], opens: false, reason: "ID_MM_PORT_IGNORE"),
        Case(driver: "ftdi_sio", tags: ["ID_MM_DEVICE_PROCESS": "1"], opens: true, reason: "ID_MM_DEVICE_PROCESS"),
        Case(
            driver: "option",
            tags: ["ID_MM_DEVICE_PROCESS": "1", "ID_MM_DEVICE_IGNORE": "1"],
            opens: false,
            reason: "ID_MM_DEVICE_IGNORE"
        ),
        Case(driver: "cdc_acm", opens: false, reason: "only port"),
        Case(driver: "cdc_acm", portCount: 3, opens: true, reason: "3 ports"),
        Case(driver: "ftdi_sio", opens: false, reason: "the driver ftdi_sio"),
        Case(driver: nil, opens: false, reason: "no USB driver"),
    ])
    func judgesByTagsAndDriver(_ example: Case) {
        let port = DiscoveredModem(node: "/dev/ttyUSB0", driver: example.driver, modemManagerTags: example.tags)
        let verdict = ModemManagerVerdict(port, portCount: example.portCount, isInstalled: example.isInstalled)
        #expect(verdict.opens == example.opens)
        #expect(verdict.reason.contains(example.reason))
    }
}
