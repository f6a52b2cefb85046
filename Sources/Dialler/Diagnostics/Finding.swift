import Basics

/// One thing that keeps a line from working, or may soon: what it is, and what to do about it.
package struct Finding: Equatable, Sendable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// No call can be made, or Patriot cannot ask for one.
        case error
        /// The line may work now, and stop later.
        case warning
    }

    /// The stable name, for other programs and for a telephone call with support.
    package enum ID: String, CaseIterable, Sendable {
        case clockWrong = "clock.wrong"
        case clockUnsynchronized = "clock.unsynchronized"
        case configurationMissing = "config.missing"
        case configurationUnreadable = "config.unreadable"
        case configurationInvalid = "config.invalid"
        case configurationDoubtful = "config.doubtful"
        case keyMissing = "key.missing"
        case keyUnusable = "key.unusable"
        case stateNotWritable = "disk.not-writable"
        case diskFull = "disk.full"
        case unitNotInstalled = "unit.not-installed"
        case unitNotEnabled = "unit.not-enabled"
        case unitFailed = "unit.failed"
        case unitStopped = "unit.stopped"
        case targetNotEnabled = "unit.target-not-enabled"
        case udevRulesMissing = "udev.rules-missing"
        case udevRulesIneffective = "udev.rules-ineffective"
        case usbDisconnects = "usb.disconnects"
        case usbAutosuspend = "usb.autosuspend"
        case modemAbsent = "modem.absent"
        case modemUnknown = "modem.unknown"
        case modemAmbiguous = "modem.ambiguous"
        case modemWrongInterface = "modem.wrong-interface"
        case modemPermission = "modem.permission"
        case modemHeld = "modem.held"
        case modemManager = "modem.modemmanager"
        case modemPort = "modem.port"
        case modemSilent = "modem.silent"
        case modemGarbage = "modem.garbage"
        case modemPower = "modem.power"
        case modemSlow = "modem.slow"
        case modemSIM = "modem.sim"
        case modemNetwork = "modem.network"
        case modemVoice = "modem.voice"
        case modemSignal = "modem.signal"
        case lineNotReady = "line.not-ready"
        case patriotName = "patriot.name"
        case patriotRefused = "patriot.refused"
        case patriotNoAnswer = "patriot.no-answer"
        case patriotNotTLS = "patriot.not-tls"
        case patriotUntrusted = "patriot.untrusted"
        case patriotPin = "patriot.pin"
        case patriotCertificateName = "patriot.certificate-name"
        case patriotCertificateDate = "patriot.certificate-date"
        case patriotConnection = "patriot.connection"
        case patriotPath = "patriot.path"
        case patriotWebSocket = "patriot.websocket"
        case patriotKey = "patriot.key"
        case listenPort = "listen.port"
        case listenClosed = "listen.closed"
        case listenCertificateName = "listen.certificate-name"
        case listenCertificateDate = "listen.certificate-date"
        case listenKeyMode = "listen.key-mode"
    }

    /// What it is called.
    package let id: ID
    /// How bad it is.
    package let severity: Severity
    /// One sentence.
    package let cause: String
    /// A command, or a sentence.
    package let remedy: String

    package init(_ id: ID, _ severity: Severity = .error, cause: String, remedy: String) {
        self.id = id
        self.severity = severity
        let isSentence = [".", "!", "?"].contains { cause.hasSuffix($0) }
        self.cause = visible(isSentence ? cause : cause + ".")
        self.remedy = visible(remedy)
    }
}
