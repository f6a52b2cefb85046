/// Modems on a telephone line.
extension SimulatedModemScript {
    /// Class 0: OK when the digits are out, and nothing after.
    static let analog = Self(
        isAnalog: true,
        model: "V.92 Voice 1",
        ringInterval: .seconds(6),
        reports: { _, _ in [] }
    )

    /// Class 8 as well: it listens to the tones of the line (V.253).
    static let analogVoice = Self(
        isAnalog: true,
        model: "V.92 Voice 8",
        ringInterval: .seconds(6),
        settings: ["+VSD", "+VRN", "+VRA", "+VLS", "+VNH", "+VIT", "+VDR", "+VGT", "+VGR", "+IFC"],
        reports: { _, _ in [] }
    )

    /// Caller ID by #CID only.
    static let usRobotics = Self(
        isAnalog: true,
        manufacturer: "U.S. Robotics",
        model: "56K FAX USB",
        ringInterval: .seconds(6),
        unknownCommands: ["+VCID"],
        reports: { _, _ in [] }
    )
}
