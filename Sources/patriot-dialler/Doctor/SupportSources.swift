import Basics
import Dialler
import Glibc
import NIOOpenSSL
import NIOPosix
import SerialDevice

/// Where the parts of a bundle for support come from. Each is there or says why not; none can keep the others out.
struct SupportSources {
    private typealias Part = SupportBundle.Part

    /// nil when there is no line, or none can be looked for.
    let examiner: LineExaminer?
    /// Whether this user may not look for lines.
    let isHidden: Bool

    private static let mask = NumberMask(.masked)
    private static let logLines = 2000
    /// Seconds of a month.
    private static let callPeriod = 31 * 86_400
    private static let shownCalls = 50
    private static let whoMay = "run this with sudo"

    func parts() async -> [SupportBundle.Part] {
        let status = status
        return [
            Part(title: "versions", content: .found(Self.versions)),
            Part(title: "configuration file", content: configurationFile),
            Part(title: "values in force", content: valuesInForce),
            Part(title: "service", content: service),
            Part(title: "modems", content: modems),
            // Before doctor, who may ask the modem himself.
            Part(title: "status", content: status.report),
            Part(title: "doctor", content: await doctor()),
            Part(title: "calls of the last month", content: calls),
            Part(title: "log", content: log),
            Part(title: "kernel's words on USB", content: kernelLog),
            Part(title: "AT lines", content: status.transcript),
        ]
    }

    private var noLine: String {
        isHidden ? "\(ExaminedLine.notAllowed): \(Self.whoMay)" : "no line is set up: sudo patriot-dialler setup"
    }

    // MARK: Machine

    private static var versions: String {
        var kernel = utsname()
        uname(&kernel)
        func text<Characters>(_ characters: Characters) -> String {
            withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let local = WallClockTime.now().local
        let rows = [
            ("patriot-dialler", PatriotDialler.version),
            ("OpenSSL", OpenSSLLibrary.version),
            ("kernel", "\(text(kernel.sysname)) \(text(kernel.release)) \(text(kernel.machine))"),
            ("system", osName),
            ("systemd", firstLine(of: ["systemctl", "--version"])),
            ("udev", firstLine(of: ["udevadm", "--version"])),
            ("up since", firstLine(of: ["uptime", "--since"])),
            ("local time", "\(local.date) \(local.clock)"),
        ]
        return rows.map { $0 + String(repeating: " ", count: 17 - $0.count) + visible($1) }.joined(separator: "\n")
    }

    private static var osName: String {
        let prefix = "PRETTY_NAME="
        let file = try? SmallFile.read("/etc/os-release", limit: 65_536)
        let lines = String(decoding: file?.bytes ?? [], as: UTF8.self).split(separator: "\n")
        let name = lines.first { $0.hasPrefix(prefix) }
        return name.map { $0.dropFirst(prefix.count).filter { $0 != "\"" } } ?? "unknown"
    }

    private static func firstLine(of words: [String]) -> String {
        ProgramOutput.of(words)?.split(separator: "\n").first.map(String.init) ?? "not here"
    }

    private var modems: Part.Content {
        do throws(DiscoveryError) {
            let ports = try ModemDiscovery.modems()
            guard !ports.isEmpty else { return .missing("there is no USB serial port") }
            return .found(
                PortReport.all(of: ports).map { report in
                    let words = ["udevadm", "info", "--query=property", "--name=\(report.port.node)"]
                    let properties = ProgramOutput.of(words) ?? "udev says nothing of it"
                    let lines = properties.split(separator: "\n").map { "    " + visible(String($0)) }
                    return ([PortListing(report: report, ports: ports).text] + lines).joined(separator: "\n")
                }.joined(separator: "\n\n")
            )
        } catch {
            return .missing("\(error)")
        }
    }

    // MARK: Configuration

    private var configurationFile: Part.Content {
        guard let examiner else { return .missing(noLine) }
        guard let file = examiner.sources.file else { return .missing("there is none") }
        do throws(ConfigurationProblem) {
            return .found(visible(file) + ", comments left out\n\n" + (try ConfigurationExcerpt.text(of: file)))
        } catch {
            return .missing("\(error)")
        }
    }

    private var valuesInForce: Part.Content {
        guard let examiner else { return .missing(noLine) }
        let loaded = Configuration.load(examiner.sources)
        let problems = loaded.problems.map(\.description).joined(separator: "\n")
        guard let configuration = loaded.configuration else { return .missing("it has errors:\n" + problems) }
        return .found(configuration.summary(mask: Self.mask) + (problems.isEmpty ? "" : "\n\n" + problems))
    }

    private var unit: String? { examiner?.line.map(SystemdUnit.name) }

    private var noUnit: String {
        examiner == nil ? noLine : "the configuration belongs to no line of systemd's"
    }

    private var service: Part.Content {
        guard let unit else { return .missing(noUnit) }
        let properties = "LoadState,ActiveState,SubState,Result,NRestarts,ActiveEnterTimestamp,MemoryCurrent,StatusText"
        guard let text = ProgramOutput.of(["systemctl", "show", "--property=\(properties)", unit]) else {
            return .missing("systemctl says nothing of \(unit)")
        }
        return .found(Self.maskedLines(text))
    }

    // MARK: The running line

    private var status: (report: Part.Content, transcript: Part.Content) {
        guard let examiner else { return (.missing(noLine), .missing(noLine)) }
        let directory =
            (try? Configuration.runtimeDirectory(examiner.sources))
            ?? examiner.sources.environment[ConfigurationKey.runtimeDirectory.rawValue]
            ?? Configuration.allRuntimeDirectories
        do throws(ControlClient.Failure) {
            let client = try ControlClient(path: ControlSocket.path(in: directory))
            let status = try client.ask(.status)
            let transcript = try client.ask(.transcript)
            return (
                status.status.map { report in
                    let masked = report.masked(by: Self.mask)
                    return .found((StatusPage(masked).lines + ["", masked.jsonLine]).joined(separator: "\n"))
                } ?? .missing(status.error ?? "the line did not tell"),
                transcript.lines.map { .found($0.map(Self.maskedTranscriptLine).joined(separator: "\n")) }
                    ?? .missing(transcript.error ?? "the line did not tell")
            )
        } catch {
            return (.missing("\(error)"), .missing("\(error)"))
        }
    }

    /// Behind its time and its arrow, which are no numbers of anybody.
    private static func maskedTranscriptLine(_ line: String) -> String {
        let arrow = line.firstIndex { $0 == "→" || $0 == "←" } ?? line.startIndex
        let start = line.index(arrow, offsetBy: 2, limitedBy: line.endIndex) ?? line.endIndex
        return line[..<start] + mask.masked(String(line[start...]), as: .atLine)
    }

    private func doctor() async -> Part.Content {
        do {
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let facts = try await examiner?.facts(on: eventLoop) ?? LineExaminer.factsWithoutLine
            return isHidden ? .missing(noLine) : .found(DoctorReport(facts: facts).text)
        } catch {
            return .missing("\(error)")
        }
    }

    // MARK: The past

    private var calls: Part.Content {
        guard let examiner else { return .missing(noLine) }
        let directory: CallRecordDirectory
        do throws(ConfigurationProblem) {
            directory = CallRecordDirectory(path: try Configuration.stateDirectory(examiner.sources))
        } catch {
            return .missing("\(error)")
        }
        let now = WallClockTime.now()
        let since = WallClockTime(seconds: now.seconds - Self.callPeriod, milliseconds: 0)
        var history = CallHistory()
        do throws(CallRecordError) {
            try history.read(directory, since: since)
        } catch {
            return .missing("the call records in \(visible(directory.path)) \(error)")
        }
        let calls = history.calls.filter { $0.time >= since }.sorted { $0.time < $1.time }.map(Self.masked)
        guard !calls.isEmpty else { return .missing("there were none") }
        let table = CallTable(calls.suffix(Self.shownCalls), showsReasons: true).text
        let torn = history.unreadableLines == 0 ? "" : "\n\nlines that are no records: \(history.unreadableLines)"
        return .found(CallSummary(calls).text(isUTF8: true) + "\n\nthe last \(Self.shownCalls)\n\n" + table + torn)
    }

    private static func masked(_ call: RecordedCall) -> RecordedCall {
        var call = call
        call.subject.number = call.subject.number.map { mask.masked($0, as: .number) }
        call.subject.dialled = call.subject.dialled.map { mask.masked($0, as: .number) }
        return call
    }

    private var log: Part.Content {
        guard let unit else { return .missing(noUnit) }
        let words = ["journalctl", "--unit=\(unit)", "--lines=\(Self.logLines)"] + Self.journalFormat
        return Self.journal(words, of: unit)
    }

    private var kernelLog: Part.Content {
        let words = ["journalctl", "--dmesg", "--lines=2000"] + Self.journalFormat
        guard let text = ProgramOutput.of(words) else { return .missing("journalctl cannot be run: \(Self.whoMay)") }
        let topics = ["usb", "tty", "cdc_", "option"]
        let lines = text.split(separator: "\n").filter { line in topics.contains { line.contains($0) } }.suffix(200)
        guard !lines.isEmpty else { return .missing("the journal has none, or hides them: \(Self.whoMay)") }
        return .found(lines.map { visible(String($0)) }.joined(separator: "\n"))
    }

    /// Without a sign in its times that could begin a phone number.
    private static let journalFormat = ["--output=short-full", "--utc", "--quiet", "--no-pager"]

    private static func journal(_ words: [String], of unit: String) -> Part.Content {
        guard let text = ProgramOutput.of(words, within: .seconds(15)) else {
            return .missing("journalctl cannot be run: \(whoMay)")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return .missing("the journal has nothing of \(unit), or hides it: \(whoMay)")
        }
        return .found(maskedLines(text))
    }

    private static func maskedLines(_ text: String) -> String {
        text.split(separator: "\n").map { visible(mask.masked(String($0), as: .logLine)) }.joined(separator: "\n")
    }
}
