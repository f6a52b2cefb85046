/// Which modem is played. The raw value is the name a person types, and the name of the dialler's own profile for it.
package enum SimulatedProfile: String, CaseIterable, Sendable {
    /// A GSM module that tells progress in +CLCC only, without vendor result codes.
    case genericGSM = "generic-gsm"
    /// A class 0 modem on a telephone line, in parallel with a handset.
    case analog
    /// A class 8 modem: it hears the tones of the line.
    case analogVoice = "analog-voice"
    case usRobotics = "usrobotics"
    case cinterion, ericsson, huawei
    case intelXMM = "intel-xmm"
    case nokia, quectel
    /// Wavecom's modules.
    case sierra
    /// The 800 series.
    case simcom
    /// SIM7x00 and A76xx.
    case simcom7600 = "simcom-7600"
    case telit, ublox
    /// A stick on Qualcomm's M6280.
    case zte
    /// The other sticks.
    case zteMF = "zte-mf"

    var script: SimulatedModemScript {
        switch self {
        case .genericGSM: .genericGSM
        case .analog: .analog
        case .analogVoice: .analogVoice
        case .usRobotics: .usRobotics
        case .cinterion: .cinterion
        case .ericsson: .ericsson
        case .huawei: .huawei
        case .intelXMM: .intelXMM
        case .nokia: .nokia
        case .quectel: .quectel
        case .sierra: .sierra
        case .simcom: .simcom
        case .simcom7600: .simcom7600
        case .telit: .telit
        case .ublox: .ublox
        case .zte: .zte
        case .zteMF: .zteMF
        }
    }
}
