/// What can be fuzzed: code that takes what strangers send. Each target takes any bytes and checks what must hold whatever they
/// are.
enum FuzzTarget: String, CaseIterable, Sendable {
    case lines, chat, modem, reports, patriot, session, configuration, control, mask, records, certificates, tls
    case transcripts, outputs
    case webSocket = "web-socket"
    case upgrade
    case initRequest = "init-request"

    /// - Throws: what does not hold.
    func check(_ bytes: [UInt8]) throws {
        switch self {
        case .lines: try LineFuzzing.check(bytes)
        case .chat: try ChatFuzzing.check(bytes)
        case .modem: try ModemFuzzing.check(bytes)
        case .reports: try ReportFuzzing.check(bytes)
        case .patriot: try PatriotFuzzing.check(bytes)
        case .session: try SessionFuzzing.check(bytes)
        case .configuration: try ConfigurationFuzzing.check(bytes)
        case .control: try ControlFuzzing.check(bytes)
        case .mask: try MaskFuzzing.check(bytes)
        case .records: try RecordFuzzing.check(bytes)
        case .certificates: try CertificateFuzzing.check(bytes)
        case .tls: try TLSFuzzing.check(bytes)
        case .transcripts: try TranscriptFuzzing.check(bytes)
        case .outputs: try OutputFuzzing.check(bytes)
        case .webSocket: try WebSocketFuzzing.check(bytes)
        case .upgrade: try UpgradeFuzzing.check(bytes)
        case .initRequest: try InitRequestFuzzing.check(bytes)
        }
    }
}

/// Something that must hold does not.
struct Broken: Error, CustomStringConvertible {
    var description: String
}

/// - Throws: what is said, unless the condition holds.
func hold(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    if !condition { throw Broken(description: description()) }
}

/// - Throws: unless the text has at most that many bytes and neither line ends nor other control characters.
func isFitForLog(_ text: String, limit: Int = 2000) throws {
    try hold(text.utf8.count <= limit, "\(text.utf8.count) bytes for a log")
    try hold(
        !text.unicodeScalars.contains {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
            default: $0.properties.isDefaultIgnorableCodePoint
            }
        },
        "hidden characters in \(text.debugDescription)"
    )
}
