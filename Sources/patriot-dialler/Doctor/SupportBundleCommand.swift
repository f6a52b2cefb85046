import ArgumentParser
import Basics
import Dialler
import Glibc

/// Gathers what somebody far away needs to find out why a line does not work.
struct SupportBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Write one text file, fit to be mailed, with all that support needs to know of the lines.",
        discussion: """
            In it: versions, the configuration, the modems as udev knows them, the line's status, what doctor finds, the calls \
            of the last month, the log and the last AT lines. Keys and PINs are not in it, and of phone numbers only the last \
            three digits, whatever the configuration says; the modem's serial number is. It takes up to a minute and also \
            works where no line runs or the configuration is broken: what cannot be had says why. Run it with sudo: other \
            users do not see everything.

            Exit code 0: the file is written, whatever is missing in it. 1: it is not. 2: the command line is wrong.

            Examples:
              sudo patriot-dialler support-bundle
              sudo patriot-dialler support-bundle --line line1 --output /tmp/line1.txt
            """
    )

    @OptionGroup var subject: ExaminedLine

    @Option(
        help: ArgumentHelp("The file to write; it must not be there yet.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var output: String?

    func run() async throws {
        let examiners = subject.examiners
        if StandardError.isTerminal { StandardError.write(line: "Checking (up to a minute)…") }
        let now = WallClockTime.now()
        let secrets = examiners.flatMap { ConfigurationExcerpt.secrets(in: $0.sources) }
        var bundles: [SupportBundle] = []
        for examiner in examiners.isEmpty ? [nil] : examiners.map(Optional.some) {
            let sources = SupportSources(examiner: examiner, isHidden: subject.isHidden)
            bundles.append(
                SupportBundle(
                    subject: examiner?.line ?? examiner?.sources.file ?? "no line",
                    time: now,
                    parts: await sources.parts(),
                    secrets: secrets
                )
            )
        }
        let path = output ?? Self.name(of: examiners.count > 1 ? "all" : examiners.first?.line, at: now)
        let text = bundles.map(\.text).joined(separator: "\n")
        if let failure = Self.write(text, to: path) {
            StandardError.write(line: "Nothing was written: \(visible(path)): \(failure)")
            throw ExitCode(1)
        }
        StandardOutput.write(line: "Wrote \(visible(path)) (\((text.utf8.count + 1023) / 1024) KiB).\n")
        for bundle in bundles {
            if bundles.count > 1 { StandardOutput.write(line: "\(visible(bundle.subject)):") }
            StandardOutput.write(line: bundle.contents)
        }
        StandardOutput.write(
            line: """

                No key and no PIN is in it, and of phone numbers only the last three digits. Read it before you mail it: it names \
                this machine's addresses and the modem's serial number.
                """
        )
    }

    /// `patriot-dialler-line1-20261122-090507.txt`
    private static func name(of line: String?, at time: WallClockTime) -> String {
        let local = time.local
        let digits = "\(local.date)-\(local.clock)".filter { $0 == "-" || $0.isNumber }
        let parts = digits.split(separator: "-")
        return "patriot-dialler-\(line.map { $0 + "-" } ?? "")\(parts.dropLast().joined())-\(parts.last ?? "").txt"
    }

    /// For this user alone.
    /// - Returns: why not; nil when it is there.
    private static func write(_ text: String, to path: String) -> String? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { return failure(errno) }
        guard writeAll(Array(text.utf8), to: descriptor) else {
            let code = errno
            close(descriptor)
            unlink(path)
            return failure(code)
        }
        return close(descriptor) == 0 ? nil : failure(errno)
    }

    private static func failure(_ code: CInt) -> String {
        let reason = String(cString: strerror(code))
        return code == EEXIST
            ? "it is there already: name another file with --output" : "\(reason): name a file elsewhere with --output"
    }
}
