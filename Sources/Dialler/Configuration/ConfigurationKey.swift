/// A key of the configuration: the same word in the file, in the environment and, in lower case with dashes,
/// on the command line (`PATRIOT_HOST`, `--patriot-host`).
///
/// The order is the order of README's table.
package enum ConfigurationKey: String, CaseIterable, Sendable {
    case patriotHost = "PATRIOT_HOST"
    case patriotPort = "PATRIOT_PORT"
    case patriotPath = "PATRIOT_PATH"
    case patriotAddress = "PATRIOT_ADDRESS"
    case patriotAPIKeyFile = "PATRIOT_API_KEY_FILE"
    case patriotCAFile = "PATRIOT_CA_FILE"
    case patriotPins = "PATRIOT_PINS"
    case patriotListen = "PATRIOT_LISTEN"
    case patriotTLSCertificateFile = "PATRIOT_TLS_CERTIFICATE_FILE"
    case patriotTLSKeyFile = "PATRIOT_TLS_KEY_FILE"
    case modemDevice = "MODEM_DEVICE"
    case modemProfile = "MODEM_PROFILE"
    case modemBaudRate = "MODEM_BAUD_RATE"
    case modemDialMode = "MODEM_DIAL_MODE"
    case modemInit = "MODEM_INIT"
    case modemInitExtra = "MODEM_INIT_EXTRA"
    case modemBeforeDial = "MODEM_BEFORE_DIAL"
    case modemOKPolicy = "MODEM_OK_POLICY"
    case modemPolling = "MODEM_POLLING"
    case modemHangUp = "MODEM_HANG_UP"
    case sound = "SOUND"
    case soundPort = "SOUND_PORT"
    case soundOutput = "SOUND_OUTPUT"
    case soundInput = "SOUND_INPUT"
    case soundDelay = "SOUND_DELAY_MS"
    case soundGainOut = "SOUND_GAIN_OUT"
    case soundGainIn = "SOUND_GAIN_IN"
    case simPINFile = "SIM_PIN_FILE"
    case dialPrefix = "DIAL_PREFIX"
    case dialCountryCode = "DIAL_COUNTRY_CODE"
    case dialTrunkPrefix = "DIAL_TRUNK_PREFIX"
    case dialInternationalPrefix = "DIAL_INTERNATIONAL_PREFIX"
    case dialAllowMMI = "DIAL_ALLOW_MMI"
    case dialDuringCall = "DIAL_DURING_CALL"
    case dialHandoverSeconds = "DIAL_HANDOVER_SECONDS"
    case incoming = "INCOMING"
    case stateDirectory = "STATE_DIRECTORY"
    case recordNumbers = "RECORD_NUMBERS"
    case recordRetentionMonths = "RECORD_RETENTION_MONTHS"
    case runtimeDirectory = "RUNTIME_DIRECTORY"
    case logLevel = "LOG_LEVEL"
    case logNumbers = "LOG_NUMBERS"

    /// The key's command line flag: `--patriot-host`.
    package var flag: String {
        "--" + String(rawValue.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    /// The known key nearest to `name`, or `nil` when none is near enough to be what was meant.
    ///
    /// Near enough: at most a third of the longer word's letters differ, or one word begins with the other.
    /// Case does not count. A name of more than 64 bytes is near to nothing, so that a hostile line costs no time.
    package static func nearest(to name: String) -> ConfigurationKey? {
        guard name.utf8.count <= 64 else { return nil }
        let wanted = name.uppercased()
        let candidates = allCases.map { (key: $0, distance: editDistance(wanted, $0.rawValue)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        if best.distance * 3 <= max(wanted.count, best.key.rawValue.count) { return best.key }
        return wanted.utf8.count < 4
            ? nil : allCases.first { $0.rawValue.hasPrefix(wanted) || wanted.hasPrefix($0.rawValue) }
    }
}

/// How many letters must be inserted, removed or replaced to turn one word into the other (Levenshtein).
///
/// Costs time by the product of the lengths.
package func editDistance(_ first: String, _ second: String) -> Int {
    let first = Array(first.unicodeScalars)
    let second = Array(second.unicodeScalars)
    var row = Array(0...second.count)
    for (rowIndex, letter) in first.enumerated() {
        var diagonal = row[0]
        row[0] = rowIndex + 1
        for (column, other) in second.enumerated() {
            let replaced = diagonal + (letter == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        }
    }
    return row[second.count]
}
