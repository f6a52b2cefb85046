import Glibc
import TestSupport
import Testing

@testable import Dialler

@Suite("ConfigurationEdit")
struct ConfigurationEditTests {
    @Test(
        "Sets the key and leaves all else as it is",
        arguments: [
            ("", "PATRIOT_PINS=new\n"),
            ("# the line\nPATRIOT_PORT=9009\n", "# the line\nPATRIOT_PORT=9009\nPATRIOT_PINS=new\n"),
            ("PATRIOT_PORT=9009", "PATRIOT_PORT=9009\nPATRIOT_PINS=new\n"),
            ("# a\nPATRIOT_PINS=old\n# b\nPATRIOT_PORT=1\n", "# a\nPATRIOT_PINS=new\n# b\nPATRIOT_PORT=1\n"),
            ("PATRIOT_PINS=old", "PATRIOT_PINS=new\n"),
            ("PATRIOT_PINS=\"old\"  \n", "PATRIOT_PINS=new\n"),
            ("PATRIOT_PINS=old,\\\n  older\nPATRIOT_PORT=1\n", "PATRIOT_PINS=new\nPATRIOT_PORT=1\n"),
            ("#PATRIOT_PINS=old\n", "#PATRIOT_PINS=old\nPATRIOT_PINS=new\n"),
            ("PATRIOT_PORT=1\r\nPATRIOT_PINS=old\r\n", "PATRIOT_PORT=1\r\nPATRIOT_PINS=new\r\n"),
            ("PATRIOT_PINS=\n", "PATRIOT_PINS=new\n"),
        ]
    )
    func set(old: String, new: String) throws {
        let bytes = try ConfigurationEdit.bytes(Array(old.utf8), setting: .patriotPins, to: "new")
        #expect(String(decoding: bytes, as: UTF8.self) == new)
    }

    @Test("Refuses where the new line would become part of another one")
    func unclear() {
        #expect(throws: ConfigurationEditError.unclear(line: 2)) {
            try ConfigurationEdit.bytes(Array("PATRIOT_PORT=1\\".utf8), setting: .patriotPins, to: "new")
        }
        // The line with the key, and not the last one.
        #expect(throws: ConfigurationEditError.unclear(line: 2)) {
            let old = "# a\nPATRIOT_PINS=one\\\r\n two\r\nPATRIOT_PORT=1\nPATRIOT_HOST=a\n"
            _ = try ConfigurationEdit.bytes(Array(old.utf8), setting: .patriotPins, to: "\"open")
        }
    }

    @Test("Takes away what it has set, its comment too", arguments: ["", "# a\n", "PATRIOT_PORT=1\r\n", "# a\r"])
    func remove(old: String) throws {
        let set = try ConfigurationEdit.bytes(Array(old.utf8), setting: .patriotPins, to: "new", comment: "Ours.")
        let bytes = try ConfigurationEdit.bytes(set, removing: .patriotPins, comment: "Ours.")
        #expect(String(decoding: bytes, as: UTF8.self) == (old == "# a\r" ? "# a\r\n" : old))
    }

    @Test("Keeps mode and owner, follows a link, and leaves nothing beside the file", arguments: [0o600, 0o640, 0o644])
    func file(mode: mode_t) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("line.conf", "PATRIOT_PORT=1\n", mode: mode)
        let link = directory.path + "/link.conf"
        try #require(symlink(file, link) == 0)
        defer { unlink(link) }
        var before = stat()
        try #require(stat(file, &before) == 0)
        try ConfigurationEdit.set(.patriotPins, to: "new", in: link)
        let read = try SmallFile.read(file, limit: 4096)
        #expect(read.bytes == Array("PATRIOT_PORT=1\nPATRIOT_PINS=new\n".utf8))
        #expect(read.mode == mode)
        var after = stat()
        try #require(lstat(link, &after) == 0)
        #expect(after.st_mode & S_IFMT == S_IFLNK)
        try #require(stat(file, &after) == 0)
        #expect(after.st_uid == before.st_uid && after.st_gid == before.st_gid)
        #expect(after.st_ino != before.st_ino, "a new file took its place")
        #expect(try directory.names() == ["line.conf", "link.conf"])
    }

    @Test("Says what is wrong with a file that is not there")
    func missing() {
        #expect(throws: ConfigurationEditError.self) {
            try ConfigurationEdit.set(.patriotPins, to: "new", in: "/nonexistent/line.conf")
        }
    }
}
