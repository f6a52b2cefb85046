import Glibc
import TestSupport
import Testing

@testable import Dialler

@Suite("LineInstallation")
struct LineInstallationTests {
    /// A directory with these files, and what is to be installed there.
    private struct Site {
        let folder: TemporaryDirectory
        var installation: LineInstallation

        init(_ files: [String: String] = [:], answers: [ConfigurationKey: String] = [:], key: String? = "drill") throws
        {
            folder = try TemporaryDirectory()
            for (name, text) in files { _ = try folder.write(name, text) }
            installation = LineInstallation(
                directory: LineDirectory(folder.path),
                line: "a",
                setup: LineSetup(answers: answers)
            )
            installation.apiKey = key.map { Secret($0) }
        }

        /// Name, mode and text of each file; removes them.
        consuming func files() throws -> [String: String] {
            var files: [String: String] = [:]
            for name in try folder.names() {
                let path = "\(folder.path)/\(name)"
                let file = try SmallFile.read(path, limit: 65_536)
                files[name] = "\(file.modeText) \(String(decoding: file.bytes, as: UTF8.self))"
                unlink(path)
            }
            return files
        }
    }

    @Test func aNewPINMayBeTriedThoughTheLastOneFailed() throws {
        var site = try Site(["a.pin": "1234\n"])
        let runtime = try TemporaryDirectory()
        let marker = runtime.path + "/sim-pin-new"
        site.installation.runtimeDirectory = runtime.path
        _ = try site.installation.write()
        #expect(access(marker, F_OK) != 0)
        // The one that failed is not tried twice.
        site.installation.simPIN = Secret("1234")
        _ = try site.installation.write()
        #expect(access(marker, F_OK) != 0)
        site.installation.simPIN = Secret("4711")
        _ = try site.installation.write()
        #expect(access(marker, F_OK) == 0)
        _ = try site.files()
    }

    @Test func writesAllFilesOfANewLine() throws {
        var site = try Site()
        site.installation.simPIN = Secret("1234")
        let path = site.folder.path
        let outcome = try site.installation.write()
        #expect(outcome == .init(written: ["key", "pin", "conf"].map { "\(path)/a.\($0)" }))
        let files = try site.files()
        #expect(files.keys.sorted() == ["a.conf", "a.key", "a.pin"])
        #expect(files["a.key"] == "0600 drill\n")
        #expect(files["a.pin"] == "0600 1234\n")
        let text = try #require(files["a.conf"])
        #expect(text.hasPrefix("0640 # Line a of patriot-dialler."))
        #expect(text.contains("\nPATRIOT_API_KEY_FILE=\(path)/a.key\n"))
        #expect(text.contains("\nSIM_PIN_FILE=\(path)/a.pin\n"))
    }

    @Test func keepsWhatItReplaces() throws {
        let site = try Site(["a.conf": "# mine\n", "a.key": "old\n", "a.conf.bak": "older\n"])
        let path = site.folder.path
        chmod("\(path)/a.conf", 0o640)
        chmod("\(path)/a.key", 0o644)
        let outcome = try site.installation.write()
        #expect(outcome.kept == ["\(path)/a.key.bak", "\(path)/a.conf.bak"])
        let files = try site.files()
        #expect(files["a.conf.bak"] == "0640 # mine\n")
        #expect(files["a.conf"]?.hasPrefix("0640 # mine\n") == true)
        #expect(files["a.key.bak"] == "0600 old\n", "a secret that was open to others is so no longer")
        #expect(files["a.key"] == "0600 drill\n")
    }

    @Test func changesNothingTwice() throws {
        let site = try Site()
        _ = try site.installation.write()
        #expect(try site.installation.write() == .init())
        #expect(try site.files().keys.sorted() == ["a.conf", "a.key"])
    }

    @Test func writesNothingThatCannotBeUsed() throws {
        let before = ["a.conf": "LOG_LEVEL=loud\n", "a.key": "old\n"]
        let site = try Site(before)
        let path = site.folder.path
        do throws(LineInstallationError) {
            _ = try site.installation.write()
            Issue.record("it was written")
        } catch {
            #expect(error.description.hasPrefix("\(path)/a.conf:1: LOG_LEVEL: "), "\(error)")
        }
        #expect(try site.files() == before.mapValues { "0600 \($0)" })
    }

    @Test func tellsWhatIsDoubtful() throws {
        let site = try Site(answers: [.dialTrunkPrefix: "0"], key: "a&amp;b")
        let outcome = try site.installation.write()
        #expect(
            outcome.warnings.map(\.key).sorted { $0 ?? "" < $1 ?? "" } == ["DIAL_TRUNK_PREFIX", "PATRIOT_API_KEY_FILE"]
        )
        _ = try site.files()
    }

    @Test func needsAKey() throws {
        let site = try Site(key: nil)
        #expect(throws: LineInstallationError.self) { try site.installation.write() }
        #expect(try site.files().isEmpty)
    }

    @Test func takesBackWhatItDidWhenItCannotGoOn() throws {
        let site = try Site(["a.key": "old\n"])
        // No file takes the name of a folder.
        let folder = "\(site.folder.path)/a.conf.bak"
        try #require(mkdir(folder, 0o700) == 0)
        _ = try site.folder.write("a.conf", "# mine\n")
        #expect(throws: LineInstallationError.self) { try site.installation.write() }
        try #require(rmdir(folder) == 0)
        let files = try site.files()
        #expect(files["a.key"] == "0600 old\n")
        #expect(files["a.conf"] == "0600 # mine\n")
        #expect(files.keys.sorted() == ["a.conf", "a.key"])
    }

    @Test func aFileThatCannotBeReadIsNotReplaced() throws {
        let site = try Site(["a.conf": "x\n"])
        unlink("\(site.folder.path)/a.conf")
        try #require(mkdir("\(site.folder.path)/a.conf", 0o700) == 0)
        defer { rmdir("\(site.folder.path)/a.conf") }
        do throws(LineInstallationError) {
            _ = try site.installation.write()
            Issue.record("it was written")
        } catch {
            #expect(error == .unreadable(file: "\(site.folder.path)/a.conf", FileReadingError.notAFile.description))
        }
    }
}
