import ArgumentParser
import Dialler
import Glibc
import SerialDevice

/// Which running line a command speaks to.
struct ControlPlace: ParsableArguments {
    private static let runtimeDirectories = Configuration.allRuntimeDirectories

    @Option(help: "The line's name; not needed where only one line runs.", completion: ValueCompletion.line)
    var line: String?

    @Option(
        help: ArgumentHelp("The line's configuration file, which says where its socket is.", valueName: "file"),
        completion: ValueCompletion.configurationFile
    )
    var config: String?

    @Option(help: ArgumentHelp("The control socket itself.", valueName: "path"), completion: ValueCompletion.file)
    var socket: String?

    func validate() throws {
        if [line, config, socket].compactMap({ $0 }).count > 1 {
            throw ValidationError("--line, --config and --socket all name a line: give one of them.")
        }
        if let fault = line.flatMap(LineDirectory.fault) {
            throw ValidationError("\(fault); a path goes with --socket.")
        }
    }

    /// - Throws: an exit code, when the reason has been told.
    func connect() throws -> ControlClient {
        try Self.connect(to: try path())
    }

    /// - Throws: an exit code, when the reason has been told.
    static func connect(to path: String) throws -> ControlClient {
        try telling { () throws(ControlClient.Failure) in try ControlClient(path: path) }
    }

    /// As ``connect()``, to a line that is looked at for longer; it has reported once.
    func follow() throws -> LineFollower {
        let follower = LineFollower(LocatedLine(name: line ?? "", path: try path()), isWatching: true)
        [follower].settle(within: .seconds(10))
        return try Self.telling { () throws(ControlClient.Failure) in
            guard follower.report == nil else { return follower }
            throw follower.obstacle ?? .timedOut
        }
    }

    /// The lines of this machine that run or have a configuration, where there are several and none is named; else none.
    func severalLines() throws -> [LocatedLine] {
        let isNamed = line != nil || config != nil || socket != nil
        guard !isNamed, try runtimeDirectory() == Self.runtimeDirectories else { return [] }
        let lines = Self.allLines
        return lines.count > 1 ? lines : []
    }

    /// The lines of this machine that run or have a configuration, by name.
    static var allLines: [LocatedLine] {
        let running = Self.runningLines
        let directory = LineDirectory(LineDirectory.standardPath)
        return Set(running + directory.lines).sorted().map { name in
            let usual = Self.path(ofLine: name)
            guard !running.contains(name) else { return LocatedLine(name: name, path: usual) }
            // A line that somebody runs by hand may have its socket elsewhere.
            let sources = ConfigurationSources(file: directory.configurationFile(of: name), environment: [:])
            let place = try? Configuration.runtimeDirectory(sources)
            let other = place.flatMap { $0 == Self.runtimeDirectories ? nil : ControlSocket.path(in: $0) }
            return LocatedLine(name: name, path: other ?? usual)
        }
    }

    /// Where the configuration has the control socket, or the directory of all lines where it has none.
    /// - Throws: an exit code, when the reason has been told.
    private func runtimeDirectory() throws -> String {
        let sources = ConfigurationSources(file: config, environment: ProcessEnvironment.variables)
        do throws(ConfigurationProblem) {
            return try Configuration.runtimeDirectory(sources)
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    private static func telling<Connection>(
        _ connect: () throws(ControlClient.Failure) -> Connection
    ) throws -> Connection {
        do throws(ControlClient.Failure) {
            return try connect()
        } catch {
            StandardError.write(line: "Failed: \(error).")
            throw error == .timedOut ? ControlExit.timedOut : ControlExit.noDaemon
        }
    }

    /// The control socket.
    /// - Throws: an exit code, when the reason has been told.
    func path() throws -> String {
        if let socket { return socket }
        if let line { return Self.path(ofLine: line) }
        let directory = try runtimeDirectory()
        if directory != Self.runtimeDirectories { return ControlSocket.path(in: directory) }
        let lines = Self.runningLines
        switch lines.count {
        case 1: return Self.path(ofLine: lines[0])
        case 0: StandardError.write(line: Self.hidesLines ? Self.notAllowed : Self.nothingRuns)
        default:
            StandardError.write(
                line: "Several lines are running (\(lines.joined(separator: ", "))): choose one with --line."
            )
        }
        throw ControlExit.noDaemon
    }

    /// The control socket of the running line that has this port open; nil when none has.
    func path(ofLineWith port: String) throws -> String? {
        let isNamed = line != nil || config != nil || socket != nil
        let paths = isNamed ? [try path()] : Self.runningLines.map(Self.path(ofLine:))
        return paths.first { path in
            guard let reply = try? ControlClient(path: path).ask(.status) else { return false }
            return reply.status?.modem.port.map { FileSystem.resolve($0) ?? $0 } == FileSystem.resolve(port) ?? port
        }
    }

    /// How its log shows numbers.
    /// - Throws: an exit code, when the reason has been told.
    func numberMask() throws -> NumberMask {
        do throws(ConfigurationProblem) {
            let sources = ConfigurationSources(file: config, environment: ProcessEnvironment.variables)
            return NumberMask(try Configuration.logNumbers(sources))
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    static func path(ofLine line: String) -> String {
        ControlSocket.path(in: "\(runtimeDirectories)/\(line)")
    }

    private static var runningLines: [String] {
        let names = FileSystem.names(in: runtimeDirectories) ?? []
        return names.filter { access(path(ofLine: $0), F_OK) == 0 }.sorted()
    }

    /// Whether there is a line's directory into which this user may not look.
    private static var hidesLines: Bool {
        guard let names = FileSystem.names(in: runtimeDirectories) else { return errno == EACCES }
        return names.contains { access(path(ofLine: $0), F_OK) != 0 && errno == EACCES }
    }

    private static let notAllowed =
        "Permission denied: use sudo, or sudo usermod -aG patriot-dialler USER, then log out and in again."
    private static let nothingRuns =
        "No line is running on this machine: sudo patriot-dialler doctor says why, sudo patriot-dialler setup makes one."
}

/// The exit codes of the commands that speak to a line, beside 0 and 1 (64 is taken for a wrong command line).
enum ControlExit {
    static let timedOut = ExitCode(65)
    static let noModem = ExitCode(66)
    static let noDaemon = ExitCode(67)
}

extension ControlClient {
    /// Asks; tells and ends the program with 1 when the line refuses.
    func order(_ order: ControlRequest.Order, timeout: Duration = .seconds(10)) throws -> ControlMessage.Reply {
        let reply: ControlMessage.Reply
        do throws(ControlClient.Failure) {
            reply = try ask(order, timeout: timeout)
        } catch {
            StandardError.write(line: "Failed: \(error).")
            throw error == .timedOut ? ControlExit.timedOut : ControlExit.noDaemon
        }
        return reply
    }

    func perform(_ order: ControlRequest.Order) throws {
        if let error = try self.order(order).error {
            StandardError.write(line: "Failed: \(error).")
            throw ExitCode(1)
        }
    }
}
