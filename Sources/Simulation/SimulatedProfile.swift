/// Which modem is played. The raw value is the name a person types.
package enum SimulatedProfile: String, CaseIterable, Sendable {
    /// A GSM module that tells progress in +CLCC only, without vendor result codes.
    case genericGSM = "generic-gsm"
    /// A class 0 modem on a telephone line, in parallel with a handset.
    case analog

    var manufacturer: String { "Simulation" }

    var model: String {
        switch self {
        case .genericGSM: "GSM Voice 1"
        case .analog: "V.92 Voice 1"
        }
    }

    var revision: String { "1.0" }

    /// Between two rings: 5 s on GSM, 6 s on a North American line.
    var ringInterval: Duration {
        switch self {
        case .genericGSM: .seconds(5)
        case .analog: .seconds(6)
        }
    }

    var isAnalog: Bool {
        switch self {
        case .genericGSM: false
        case .analog: true
        }
    }
}
