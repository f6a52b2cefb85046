import ModemCore
package import NIOCore
import NIOOpenSSL
import NIOPosix
import PatriotLink
import SerialDevice

/// Looks at everything that a line needs, within a minute: no call, no PIN, no restart.
package struct LineExaminer: Sendable {
    /// The name of the line; nil for a configuration that belongs to none.
    package var line: String?
    /// Where the configuration is read from.
    package var sources: ConfigurationSources
    /// Put before the system's paths; empty but in tests.
    package var root: String

    /// A line that is, or is to be, a unit of systemd: its files are where the unit looks for them.
    package init(line: String, root: String = "") {
        let directory = LineDirectory(root + LineDirectory.standardPath)
        var sources = ConfigurationSources(
            file: directory.configurationFile(of: line),
            environment: [
                ConfigurationKey.stateDirectory.rawValue: "\(root)\(Configuration.allStateDirectories)/\(line)",
                ConfigurationKey.runtimeDirectory.rawValue: "\(root)\(Configuration.allRuntimeDirectories)/\(line)",
            ]
        )
        sources.credentials = directory.credentials(of: line)
        self.init(line: line, sources: sources, root: root)
    }

    /// What `run --config` would make of the file. One that is a line's is looked at as that line.
    package init(file: String, environment: [String: String], root: String = "") {
        let directory = LineDirectory(root + LineDirectory.standardPath)
        if let line = directory.line(ofFile: file) {
            self.init(line: line, root: root)
        } else {
            self.init(line: nil, sources: ConfigurationSources(file: file, environment: environment), root: root)
        }
    }

    private init(line: String?, sources: ConfigurationSources, root: String) {
        self.line = line
        self.sources = sources
        self.sources.isExamined = true
        self.root = root
    }

    /// The lines that have a configuration; nil when this user may not look.
    package static func lines(root: String = "") -> [String]? {
        let path = root + LineDirectory.standardPath
        return SystemExamination(root: root).file(path) == .unreadable ? nil : LineDirectory(path).lines
    }

    /// What there is to say of a machine on which no line is set up.
    package static var factsWithoutLine: LineFacts {
        var facts = LineFacts()
        facts.now = SystemExamination(root: "").now
        facts.configuration = .missing
        return facts
    }

    /// Gathers the facts.
    /// - Parameter eventLoop: of the modem and of Patriot; not blocked.
    package func facts(on eventLoop: any EventLoop) async throws -> LineFacts {
        let pool = NIOThreadPool.singleton
        var (facts, configuration) = try await pool.runIfActive { factsOfMachine() }
        guard let configuration else { return facts }
        let port = try await pool.runIfActive { [facts] in factsOfPort(configuration, facts) }
        if port.isHeldByLine, facts.controlFailure == nil {
            facts.controlFailure = .noDaemon(path: configuration.runtimeDirectory ?? "RUNTIME_DIRECTORY")
        }
        let isLeftAlone = facts.mayBeConnected || facts.isKeyUnread || configuration.patriot.listening != nil
        async let patriot = isLeftAlone ? nil : patriot(configuration, on: eventLoop)
        facts.port = port.port
        facts.disconnects = port.disconnects
        facts.modem = port.modem
        if port.isFree {
            facts.modem = try await modem(configuration, on: eventLoop)
        }
        facts.patriot = try await patriot
        return facts
    }

    // MARK: Machine

    private func factsOfMachine() -> (LineFacts, Configuration?) {
        let system = SystemExamination(root: root)
        var facts = LineFacts()
        facts.line = line
        facts.configurationFile = sources.file
        facts.now = system.now
        facts.isClockSynchronized = system.isClockSynchronized
        facts.hasUdevRules = system.hasUdevRules
        facts.isModemManagerRunning = PortReport.isModemManagerRunning
        if line != nil { facts.unit = system.unit(facts.unitName) }
        guard canRead(&facts, system) else { return (facts, nil) }
        let loaded = Configuration.load(sources)
        facts.problems = loaded.problems
        guard let configuration = loaded.configuration else { return (facts, nil) }
        facts.patriotAddress = configuration.patriot.address
        if let directory = configuration.stateDirectory, line == nil || !system.isClosed(directory) {
            facts.storage = system.storage(directory, isManaged: line != nil)
        }
        if line != nil {
            // The key of TLS is looked at where the line listens.
            let secrets = (sources.credentials ?? [:]).filter { $0.key != "tls-key" }
            facts.openSecrets = system.openSecrets(secrets.values.sorted())
        }
        ask(&facts, in: configuration.runtimeDirectory)
        facts.listening = configuration.patriot.listening.map(listening)
        return (facts, configuration)
    }

    private func listening(_ listening: Configuration.Listening) -> LineFacts.Listening {
        let socket = ListeningSocket.all(port: listening.port, address: listening.address).first
        // One that a configuration names is refused by the loading already.
        let keyFile = sources.credentials?["tls-key"]
        let isOpen = keyFile.flatMap { try? SmallFile.read($0, limit: 1 << 20) }?.isOpenToOthers ?? false
        return LineFacts.Listening(
            place: listening.place,
            address: listening.address,
            certificate: listening.identity.certificate,
            computer: .now,
            openKeyFile: line != nil && isOpen ? keyFile : nil,
            isOpen: socket != nil,
            holder: socket?.holder
        )
    }

    /// Asks the line that runs, if one does.
    private func ask(_ facts: inout LineFacts, in runtimeDirectory: String?) {
        guard let runtimeDirectory else { return }
        do throws(ControlClient.Failure) {
            let client = try ControlClient(path: ControlSocket.path(in: runtimeDirectory))
            let status = try client.ask(.status).status
            if line == nil {
                let sentence = status?.sentence ?? ""
                facts.process = LineFacts.Process(id: client.hello.processID, status: sentence, report: status)
            }
            if facts.isRunning { facts.report = status }
        } catch .noDaemon(let path) {
            // Where no line runs there is no socket either.
            if facts.unit?.isRunning ?? false { facts.controlFailure = .noDaemon(path: path) }
        } catch {
            facts.controlFailure = error
        }
    }

    /// Notes what keeps the configuration from being read.
    private func canRead(_ facts: inout LineFacts, _ system: SystemExamination) -> Bool {
        guard let file = sources.file else { return true }
        facts.configuration = system.file(file)
        facts.configurationWritten = system.written(file)
        return facts.configuration == .found
    }

    // MARK: Modem

    private struct PortFacts: Sendable {
        var port: LineFacts.Port?
        var disconnects: Int?
        var modem: LineFacts.Modem?
        /// Nobody has it: it can be asked.
        var isFree = false
        /// A process of this program has it, and perhaps for this configuration.
        var isHeldByLine = false
    }

    private func factsOfPort(_ configuration: Configuration, _ facts: LineFacts) -> PortFacts {
        let device: DiscoveredModem
        do throws(DiscoveryError) {
            device = try ModemDiscovery.resolve(configuration.modem.device)
        } catch {
            return PortFacts(modem: .absent(error))
        }
        let system = SystemExamination(root: root)
        let others = (try? ModemDiscovery.modems()) ?? []
        let reports = PortReport.all(of: others.contains { $0.node == device.node } ? others : others + [device])
        guard let report = reports.first(where: { $0.port.node == device.node }) else { return PortFacts() }
        var found = PortFacts(
            port: system.port(report, isService: line != nil),
            disconnects: system.disconnects(of: device)
        )
        if facts.isRunning {
            found.modem = modem(facts, holder: report.holder, path: device.node)
        } else {
            do throws(SerialPortError) {
                try SerialPort.open(device.node, settings: configuration.modem.lineSettings).close()
                found.isFree = true
            } catch {
                if line == nil, case .busy(_, let holder?) = error, isPerhapsThisLine(holder) {
                    found.isHeldByLine = true
                } else {
                    found.modem = .closed(error)
                }
            }
        }
        return found
    }

    /// Whether the process may be the line of this configuration, started by hand and without a control socket.
    private func isPerhapsThisLine(_ holder: PortHolder) -> Bool {
        guard holder.isDialler, let file = sources.file else { return false }
        guard let other = holder.configurationFile else { return false }
        return FileSystem.resolve(other) == FileSystem.resolve(file)
    }

    /// Of a modem that the running line uses: what that reports, unless another process has the port.
    private func modem(_ facts: LineFacts, holder: PortHolder?, path: String) -> LineFacts.Modem? {
        guard let modem = facts.report?.modem, !modem.isReady else { return nil }
        let hasNoPort = ["opening", "held", "not-plugged-in", "cannot-open"].contains(modem.state)
        if hasNoPort, let holder, !facts.isLine(holder) { return .closed(.busy(path: path, holder: holder)) }
        // A matter of seconds.
        guard !["opening", "setting-up"].contains(modem.state) else { return nil }
        return .reported(modem)
    }

    private func modem(_ configuration: Configuration, on eventLoop: any EventLoop) async throws -> LineFacts.Modem {
        let driver = configuration.modemDriver
        let outcome = try await eventLoop.flatSubmit {
            ModemExamination(driver, eventLoop: eventLoop).run()
        }.get()
        return .asked(outcome.readiness, signal: outcome.signal, doubt: outcome.doubt)
    }

    // MARK: Patriot

    private func patriot(
        _ configuration: Configuration,
        on eventLoop: any EventLoop
    ) async throws -> LineFacts.Patriot {
        do {
            switch try await PatriotExamination.run(configuration.patriotClient, on: eventLoop) {
            case .untrusted(let failure): return .untrusted(failure)
            case .session(let outcome): return outcome.refusedUpgrade == 404 ? .unknownPath : .session(outcome.link)
            }
        } catch let failure as PatriotProbe.Failure {
            return .unreachable(failure)
        }
    }
}
