extension SimulatedModemEvent: CustomStringConvertible {
    /// One line for a person; arrows as the modem sees them.
    package var description: String {
        switch self {
        case .received(let line): "<- \(line)"
        case .sent(let text): "-> \(text)"
        case .callChanged(let call?): "line: \(call)"
        case .callChanged(nil): "line: free"
        case .dialAborted(let byte): "the character 0x\(String(byte, radix: 16, uppercase: true)) aborted the dial"
        case .tones(let digits): "tones: \(digits)"
        case .serviceCode(let code): "the network carried out the service code \(code)"
        case .unplugged: "unplugged"
        case .plugged(let path): "plugged in at \(path)"
        case .started: "the modem listens"
        case .ignored(let reason): reason
        }
    }
}

extension SimulatedCall: CustomStringConvertible {
    /// `alerting, outbound, 5550123`
    package var description: String {
        "\(state.rawValue), \(isOutbound ? "outbound" : "inbound"), \(number ?? "no number")"
    }
}
