/// What the answers of a modem that nobody named say about its kind: a mobile modem answers the questions of 27.007, a modem
/// on a telephone line refuses them all. A table of USB ids is a first guess only.
struct KindEvidence: Equatable, Sendable {
    private var isMobile = false
    /// Questions of 27.007 that were answered with a plain ERROR.
    private var refused = 0
    /// What `+GCAP` lists (V.250 6.1.9).
    private var capabilities: String?
    private var isFaxOrVoice = false
    /// The maker or the model was told in answer to a question of 27.007.
    private(set) var hasIdentity = false
    /// The kind was changed once; it is not changed back.
    private(set) var isDecided = false

    /// Fewer refusals than this may be a poor mobile modem.
    private static let refusalsOfAnalog = 3

    mutating func decide() {
        self = Self()
        isDecided = true
    }

    mutating func add(_ reply: ATReply, to command: ATCommand) {
        let text = command.text.uppercased()
        if text.hasPrefix("AT+GCAP") {
            if reply.isOK { capabilities = reply.lines.joined(separator: " ").uppercased() }
            return
        }
        if text.hasPrefix("AT+FCLASS=?") {
            isFaxOrVoice = reply.isOK
            return
        }
        guard text.hasPrefix("AT+C") else { return }
        switch reply.ending {
        case .result(.cmeError): isMobile = true
        case .result(.error), .result(.unsupported): refused += 1
        case .result(.ok):
            if text.hasPrefix("AT+CGM") {
                if !reply.lines.isEmpty { hasIdentity = true }
            } else if !reply.lines.isEmpty {
                isMobile = true
            } else {
                accepted += 1
            }
        case .result, .timedOut, .withdrawn, .portClosed: break
        }
    }

    /// Commands of 27.007 that were taken without a word; some modems take any.
    private var accepted = 0

    /// - Parameters:
    ///   - kind: what the modem was taken for.
    ///   - identified: the kind of the family that its names belong to.
    /// - Returns: the kind that it is instead; nil to leave it.
    func verdict(of kind: ModemProfile.Kind, identified: ModemProfile.Kind?) -> ModemProfile.Kind? {
        guard !isDecided else { return nil }
        if let identified { return identified == kind ? nil : identified }
        let isMobileByCapabilities = capabilities.map { list in
            ["CGSM", "CIS707", "CLTE", "CDMA", "UMTS", "W-CDMA"].contains { list.contains($0) }
        }
        switch kind {
        case .analog:
            return isMobileByCapabilities == true ? .gsm : nil
        case .gsm:
            guard !isMobile, !hasIdentity, isMobileByCapabilities != true else { return nil }
            if isMobileByCapabilities == false, capabilities?.contains("+") == true { return .analog }
            if accepted == 0, refused >= Self.refusalsOfAnalog { return .analog }
            return nil
        }
    }
}
