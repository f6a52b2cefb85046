import Glibc
import PatriotCore
import SerialDevice
import TestSupport
import Testing

@testable import Dialler

@Suite("LineDirectory")
struct LineDirectoryTests {
    @Test(arguments: [
        ([], "line1"), (["line2"], "line1"), (["desk", "line1"], "line2"), (["line1", "line2"], "line3"),
    ])
    func namesTheNextLine(lines: [String], next: String) {
        #expect(LineDirectory.nextName(after: lines) == next)
    }

    @Test(arguments: ["line1", "Night_shift-2", "1"])
    func takesAName(name: String) {
        #expect(LineDirectory.fault(inName: name) == nil)
    }

    @Test(arguments: ["", "a b", "a.b", "a/b", "..", "-a", "ä", "a@b", String(repeating: "a", count: 29)])
    func refusesWhatIsNoPartOfAUnitsName(name: String) {
        #expect(LineDirectory.fault(inName: name) != nil)
    }

    @Test func knowsItsLinesAndTheirModems() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write("b.conf", "MODEM_DEVICE=/dev/ttyS1\n")
        _ = try folder.write("a.conf", "LOG_LEVEL=loud\n")
        for name in ["a.conf.bak", "a.key", "x y.conf", "a.conf.Ab12Cd"] { _ = try folder.write(name, "x\n") }
        let directory = LineDirectory(folder.path)
        #expect(directory.fault == nil)
        #expect(directory.lines == ["a", "b"])
        #expect(directory.setup(of: "b") == LineSetup(answers: [.modemDevice: "/dev/ttyS1"]))
        #expect(directory.setup(of: "c") == nil)
        let modems = directory.modems(withoutThatOf: "c")
        #expect(modems.map(\.line) == ["a", "b"])
        #expect(modems.map(\.selector) == [.automatic, .path("/dev/ttyS1")])
        #expect(directory.modems(withoutThatOf: "a").map(\.line) == ["b"])
    }

    @Test func aLinesKeyAndPINBelongToItsFile() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("a.conf", "PATRIOT_ADDRESS=192.0.2.7\n")
        _ = try folder.write("a.key", "ABC\n")
        _ = try folder.write("a.pin", "1234\n")
        let directory = LineDirectory(folder.path)
        #expect(directory.line(ofFile: file) == "a")
        let loaded = Configuration.load(directory.sources(file: file, environment: [:], flags: [:]))
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.patriot.apiKey == APIKey("ABC"))
        #expect(loaded.configuration?.modem.simPIN == Secret("1234"))
        // Where systemd gives them, its own are meant.
        let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/a"]
        let given = directory.sources(file: file, environment: environment, flags: [:]).credentials
        #expect(given?["api-key"] == "/run/credentials/a/api-key")
        // A file elsewhere is no line's, whatever lies beside it.
        let other = try TemporaryDirectory()
        let copy = try other.write("a.conf", "")
        #expect(directory.line(ofFile: copy) == nil)
        #expect(directory.sources(file: copy, environment: [:], flags: [:]).credentials == nil)
        #expect(directory.sources(file: nil, environment: [:], flags: [:]).credentials == nil)
    }

    @Test(arguments: ["relative", "/nonexistent", "/dev/null"])
    func saysWhyItCannotBeUsed(path: String) throws {
        #expect(try #require(LineDirectory(path).fault).contains(path))
    }
}
