package import ModemCore
package import NIOOpenSSL
package import PatriotLink
package import SerialDevice

/// What was seen of a line and of the machine it is on; `findings` says what is wrong in it.
///
/// A fact that could not or need not be looked at is nil, and nothing is concluded from it.
package struct LineFacts: Sendable {
    /// Whether a file can be read.
    package enum File: Equatable, Sendable {
        case found
        case missing
        /// It is there, and this user may not read it.
        case unreadable
    }

    /// What systemd says of the line's unit.
    package struct Unit: Equatable, Sendable {
        /// As `systemctl show` prints them.
        package var properties: [String: String]
        /// Whether a modem that is plugged in starts the lines.
        package var isTargetEnabled: Bool
        /// The last line of a line that ended by itself.
        package var lastWords: String?
        /// For how many seconds it has been active; nil when it is not, or systemd does not tell.
        package var activeSeconds: Int?

        package init(properties: [String: String], isTargetEnabled: Bool, lastWords: String? = nil) {
            self.properties = properties
            self.isTargetEnabled = isTargetEnabled
            self.lastWords = lastWords
        }

        /// Whether the line runs and holds its modem.
        package var isRunning: Bool { ["active", "reloading"].contains(properties["ActiveState"] ?? "") }

        /// Whether there may be a process of the line, which may be connected to Patriot.
        var mayHaveProcess: Bool { !hasEnded && !["inactive", nil].contains(properties["ActiveState"]) }

        /// Whether it ended by itself and waits to be started again, or is not.
        var hasEnded: Bool { properties["ActiveState"] == "failed" || properties["SubState"] == "auto-restart" }

        /// How often systemd started it again since a person did.
        var restarts: Int { properties["NRestarts"].flatMap { Int($0) } ?? 0 }

        /// Whether it keeps ending, although it may be running now: systemd waits 10 s before it starts a line again.
        var keepsRestarting: Bool { restarts >= 3 && (hasEnded || activeSeconds.map { $0 < 120 } ?? false) }

        /// What the running line says of itself; empty when it says nothing.
        package var status: String { isRunning ? properties["StatusText"] ?? "" : "" }
    }

    /// A line that was started by hand, as it tells at its control socket.
    package struct Process: Equatable, Sendable {
        /// Of the operating system.
        package var id: Int32
        /// What it says of itself.
        package var status: String
        /// nil where it does not tell.
        package var report: StatusReport?

        package init(id: Int32, status: String, report: StatusReport? = nil) {
            self.id = id
            self.status = status
            self.report = report
        }
    }

    /// Where call records go.
    package struct Storage: Equatable, Sendable {
        /// The directory of the call records.
        package var directory: String
        /// Why it cannot be written; nil if it can.
        package var fault: String?
        /// Of its file system, for those who are not root.
        package var freeBytes: UInt64

        package init(directory: String, fault: String?, freeBytes: UInt64) {
            self.directory = directory
            self.fault = fault
            self.freeBytes = freeBytes
        }
    }

    /// A file with a secret that other users may read.
    package struct OpenSecret: Equatable, Sendable {
        /// The file.
        package var path: String
        /// Its permission bits, as `0644`.
        package var mode: String

        package init(path: String, mode: String) {
            self.path = path
            self.mode = mode
        }
    }

    /// The modem's port, looked at without opening it.
    package struct Port: Equatable, Sendable {
        /// What can be known of it without opening it.
        package var report: PortReport
        /// Its group, if a line that runs as a service may not open it for that group.
        package var foreignGroup: String?
        /// Of its USB device in sysfs.
        package var powerControlFile: String?
        /// What stands there: `on` or `auto`.
        package var powerControl: String?

        package init(
            report: PortReport,
            foreignGroup: String? = nil,
            powerControlFile: String? = nil,
            powerControl: String? = nil
        ) {
            self.report = report
            self.foreignGroup = foreignGroup
            self.powerControlFile = powerControlFile
            self.powerControl = powerControl
        }
    }

    /// What opening the modem's port, and asking it, came to.
    package enum Modem: Equatable, Sendable {
        case absent(DiscoveryError)
        case closed(SerialPortError)
        /// It was asked. `signal`: what it says of its reception, if it can; `doubt`: why its calls may fail.
        case asked(ModemReadiness, signal: SignalQuality?, doubt: String?)
        /// The running line has it, and reports this.
        case reported(StatusReport.Modem)
    }

    /// The port that Patriot connects to.
    package struct Listening: Equatable, Sendable {
        /// As a person reads it: `:9010`.
        package var place: String
        /// An address of this computer; nil for all.
        package var address: String?
        /// What Patriot is shown.
        package var certificate: TLSCertificate
        /// The names and addresses of this computer now.
        package var computer: ThisComputer
        /// The private key's file, where others may read it.
        package var openKeyFile: String?
        /// Whether anything listens there.
        package var isOpen: Bool
        /// Who does; nil where this user may not see it.
        package var holder: PortHolder?

        package init(
            place: String,
            address: String?,
            certificate: TLSCertificate,
            computer: ThisComputer,
            openKeyFile: String? = nil,
            isOpen: Bool,
            holder: PortHolder?
        ) {
            self.place = place
            self.address = address
            self.certificate = certificate
            self.computer = computer
            self.openKeyFile = openKeyFile
            self.isOpen = isOpen
            self.holder = holder
        }
    }

    /// How far the way to Patriot was found good.
    package enum Patriot: Equatable, Sendable {
        case unreachable(PatriotProbe.Failure)
        case untrusted(TrustFailure)
        /// TLS is fine, and the server knows no such path (HTTP 404).
        case unknownPath
        /// TLS is fine; how the session went.
        case session(PatriotLink)
    }

    /// The name of the line; nil when a file that belongs to no line was named.
    package var line: String?
    /// nil when all comes from flags and the environment.
    package var configurationFile: String?
    /// Whether that file can be read.
    package var configuration = File.found
    /// What loading it came to.
    package var problems: [ConfigurationProblem] = []
    /// Seconds since 1970.
    package var now: Int64 = 0
    /// When the configuration was written, in seconds since 1970.
    package var configurationWritten: Int64?
    /// What systemd says of it; nil where it says nothing.
    package var isClockSynchronized: Bool?
    /// Where call records go.
    package var storage: Storage?
    /// The line's service; nil where there is no systemd.
    package var unit: Unit?
    /// The line itself, where it runs without a service.
    package var process: Process?
    /// What the running line reports of itself; nil where this user may not ask it.
    package var report: StatusReport?
    /// Why a line that runs, or may run, could not be asked; nil when it was asked, and when none runs.
    package var controlFailure: ControlClient.Failure?
    /// Of a unit's line: the files of its key and PIN that are open to other users.
    package var openSecrets: [OpenSecret] = []
    /// Whether the package's rules are in one of udev's directories.
    package var hasUdevRules: Bool?
    /// Whether another program looks for modems here.
    package var isModemManagerRunning = false
    /// How often the kernel saw the modem's USB device go within the last hour; nil where its log cannot be read.
    package var disconnects: Int?
    /// The modem's port; nil when none was found.
    package var port: Port?
    /// What the modem answered.
    package var modem: Modem?
    /// PATRIOT_ADDRESS, if it is set.
    package var patriotAddress: String?
    /// What came of connecting.
    package var patriot: Patriot?
    /// Where Patriot connects to us; nil where we connect to it.
    package var listening: Listening?

    package init() {}

    /// Whether the line runs and holds its modem.
    var isRunning: Bool {
        switch controlFailure {
        case .notAllowed, .timedOut, .lost: true
        case .noDaemon, nil: process != nil || unit?.isRunning ?? false
        }
    }

    /// Whether a process of the line may be connected to Patriot now, which a second connection with its key could end.
    var mayBeConnected: Bool {
        if let report { return ["connected", "authenticated"].contains(report.patriot.state) }
        return isRunning || controlFailure != nil || unit?.mayHaveProcess ?? false
    }

    /// The secrets that this user may not read.
    var unreadSecrets: [ConfigurationProblem] { problems.filter { $0.unreadableFile != nil } }

    /// Whether this user may not read what the line shows Patriot.
    var isKeyUnread: Bool { unreadSecrets.contains { $0.key != ConfigurationKey.simPINFile.rawValue } }

    /// Whether something was not checked because this user may not see it.
    package var isPartlyUnchecked: Bool {
        if case .notAllowed = controlFailure { return true }
        return configuration == .unreadable || !unreadSecrets.isEmpty
    }

    /// Whether this user may not read the SIM's PIN.
    var isPINUnread: Bool { unreadSecrets.contains { $0.key == ConfigurationKey.simPINFile.rawValue } }

    /// What the running line says of itself; empty when it says nothing.
    var status: String { process?.status ?? unit?.status ?? "" }

    /// Whether the running line reports that Patriot accepted its key.
    var isPatriotConnected: Bool { report?.patriot.isAuthenticated ?? false }

    /// Whether that is the running line itself.
    func isLine(_ holder: PortHolder) -> Bool {
        holder.processID == process?.id || "\(holder.processID)" == unit?.properties["MainPID"]
    }
}
