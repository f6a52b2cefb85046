/// What the modem remembers until ATZ, AT&F, a reset or the loss of power.
struct SimulatedModemRegisters: Equatable, Sendable {
    var echo: Bool
    var isVerbose = true
    var isQuiet = false
    /// AT&D: 2 hangs up when DTR drops (V.250 6.2.2)
    var terminalReady = 0
    /// ATX
    var resultLevel = 4
    /// S-registers with their usual defaults; S6 to S8 in seconds, S11 in milliseconds, S12 in 20 ms.
    var values: [Int: Int] = [
        0: 0, 2: 43, 3: 13, 4: 10, 5: 8, 6: 2, 7: 50, 8: 2, 9: 6, 10: 14, 11: 95, 12: 50,
    ]
    /// +CMEE
    var errorReports = 0
    /// +CLIP, +CRC, +COLP, +CCWA, +CSSN …: settings that only have to be kept.
    var settings: [String: String] = [:]
    /// +CVHU
    var hangUpControl: Int
    /// +CREG `<n>`
    var registrationReports = 0
    /// +VCID, #CID: 0 off, 1 formatted, 2 hexadecimal
    var callerID = 0
    /// +FCLASS
    var serviceClass = 0

    init(options: SimulatedModemOptions, script: SimulatedModemScript) {
        echo = options.echo
        hangUpControl = options.lyingHangUp ? 1 : script.hangUpControl
    }

    func value(_ register: Int) -> Int { values[register] ?? 0 }

    func isOn(_ setting: String) -> Bool { settings[setting]?.first == "1" }

    /// The bytes that end and separate lines: S3 and S4.
    var carriageReturn: UInt8 { UInt8(truncatingIfNeeded: value(3)) }
    var lineFeed: UInt8 { UInt8(truncatingIfNeeded: value(4)) }
}
