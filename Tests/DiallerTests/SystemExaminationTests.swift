import Glibc
import ModemCore
import ModemDriver
import TestSupport
import Testing

@testable import Dialler

@Suite("What doctor reads of the machine")
struct SystemExaminationTests {
    private let examination = SystemExamination(root: "")

    @Test("The answer of systemctl is one block of properties a unit")
    func units() {
        let text = "Id=a.service\nStatusText=Not ready: x=y\n\nId=b.target\nnonsense\nResult=\n"
        #expect(
            SystemExamination.units(text) == [
                ["Id": "a.service", "StatusText": "Not ready: x=y"], ["Id": "b.target", "Result": ""],
            ]
        )
        #expect(SystemExamination.units("") == [])
    }

    @Test("A directory is tried by writing, and left as it was")
    func storage() throws {
        let directory = try TemporaryDirectory()
        let tried = directory.path + "/tried"
        mkdir(tried, 0o700)
        let storage = examination.storage(tried, isManaged: false)
        #expect(storage.fault == nil && storage.freeBytes > 0)
        #expect(rmdir(tried) == 0, "it is not empty")
        let missing = directory.path + "/a/b"
        #expect(examination.storage(missing, isManaged: false).fault == "No such file or directory")
        #expect(examination.storage(missing, isManaged: true).fault == nil)
        let file = try directory.write("file", "")
        #expect(examination.storage(file, isManaged: false).fault == "Not a directory")
    }

    @Test("A file is there, is not, or is not ours to read")
    func files() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", "text")
        #expect(examination.file(file) == .found)
        #expect(examination.file(directory.path + "/none") == .missing)
        #expect(examination.file(file + "/below") == .missing)
        #expect(try #require(examination.written(file)) <= examination.now)
        #expect(examination.written(directory.path + "/none") == nil)
    }

    @Test("Rules count where udev finds them first, and not when they are masked")
    func udevRules() throws {
        let directory = try TemporaryDirectory()
        let system = SystemExamination(root: directory.path)
        #expect(!system.hasUdevRules)
        let folders = [
            "/usr", "/usr/lib", "/usr/lib/udev", "/usr/lib/udev/rules.d", "/etc", "/etc/udev", "/etc/udev/rules.d",
        ]
        for folder in folders { mkdir(directory.path + folder, 0o755) }
        defer { for folder in folders.reversed() { rmdir(directory.path + folder) } }
        let packaged = try directory.write("usr/lib/udev/rules.d/78-patriot-dialler.rules", "# rules")
        #expect(system.hasUdevRules)
        let mask = directory.path + "/etc/udev/rules.d/78-patriot-dialler.rules"
        symlink("/dev/null", mask)
        #expect(!system.hasUdevRules)
        unlink(mask)
        #expect(system.hasUdevRules)
        unlink(packaged)
        #expect(!system.hasUdevRules)
    }

    @Test("A line's files are where its unit has them")
    func lineOfAUnit() throws {
        let root = try TemporaryDirectory()
        let folders = ["/etc", "/etc/patriot-dialler", "/etc/patriot-dialler/old"].map { root.path + $0 }
        for folder in folders { mkdir(folder, 0o755) }
        defer { for folder in folders.reversed() { rmdir(folder) } }
        #expect(LineExaminer.lines(root: root.path) == [])
        let file = try root.write("etc/patriot-dialler/line1.conf", "")
        defer { unlink(file) }
        #expect(LineExaminer.lines(root: root.path) == ["line1"])
        let line = LineExaminer(file: file, environment: ["A": "b"], root: root.path)
        #expect(line.line == "line1")
        #expect(line.sources.file == file)
        #expect(line.sources.credentials?["api-key"] == root.path + "/etc/patriot-dialler/line1.key")
        #expect(line.sources.environment["STATE_DIRECTORY"] == root.path + "/var/lib/patriot-dialler/line1")
        let other = LineExaminer(file: file + ".old", environment: ["A": "b"], root: root.path)
        #expect(other.line == nil && other.sources.credentials == nil && other.sources.environment == ["A": "b"])
    }

    @Test(
        "A program's output is taken, unless it fails, is not there or takes too long",
        arguments: [
            (["sh", "-c", "echo one; echo two"], "one\ntwo\n"), (["true"], ""),
            (["sh", "-c", "echo one; exit 3"], nil),
            (["sh", "-c", "kill -9 $$"], nil), (["no-such-program-anywhere"], nil), (["sleep", "60"], nil),
            (["sh", "-c", "cat; echo >&2 never shown"], ""),
        ] as [([String], String?)]
    )
    func programOutput(_ words: [String], _ output: String?) {
        #expect(ProgramOutput.of(words, within: words.first == "sleep" ? .milliseconds(50) : .seconds(20)) == output)
    }

    @Test("A long output does not stop the program")
    func longOutput() {
        let output = ProgramOutput.of(["sh", "-c", "yes | head -c 6000000"], within: .seconds(20))
        let count = output?.utf8.count ?? 0
        #expect(count >= 4 << 20 && count < 5 << 20)
    }
}
