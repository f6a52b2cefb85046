import Glibc
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("What setup says of a line that Patriot connects to")
struct PatriotClientSettingsTests {
    @Test("The three settings, escaped for XML")
    func settings() {
        let settings = PatriotClientSettings(
            host: "dialler1",
            port: 9010,
            path: "/dialler",
            apiKey: APIKey(#"a"b&<'\"#)
        )
        #expect(
            settings.escaped.map { "\($0.name)=\($0.value)" } == [
                "DiallerType=WebsocketClient",
                "WebSocketClientDiallerUrl=wss://dialler1:9010/dialler",
                #"WebSocketClientDiallerConfig={&quot;apiKey&quot;:&quot;a\&quot;b&amp;&lt;&apos;\\&quot;}"#,
            ]
        )
    }

    @Test("An IPv6 address is bracketed in the URL")
    func address() {
        let settings = PatriotClientSettings(host: "fd00::7", port: 1, path: "/a", apiKey: APIKey("x"))
        #expect(settings.url == "wss://[fd00::7]:1/a")
    }

    @Test(
        "The firewall that is installed",
        arguments: [
            ("/usr/sbin/ufw", "sudo ufw allow 9010/tcp"), ("/usr/bin/firewall-cmd", "sudo firewall-cmd --permanent"),
            ("/usr/sbin/nft", "sudo nft insert rule"),
        ]
    )
    func firewall(_ program: String, _ command: String) throws {
        let found = try #require(Firewall.installed { $0 == program })
        #expect(found.command(port: 9010).hasPrefix(command))
        #expect(found.command(port: 9010).contains("9010"))
        #expect(Firewall.installed { _ in false } == nil)
    }

    @Test("A unit may listen on the port of its drop-in, and without one on none")
    func unit() throws {
        let root = try TemporaryDirectory()
        for folder in ["/etc", "/etc/systemd", "/etc/systemd/system"] { mkdir(root.path + folder, 0o755) }
        let unit = ListeningUnit(line: "a", root: root.path)
        #expect(try unit.allow(9010))
        #expect(unit.file == "\(root.path)/etc/systemd/system/patriot-dialler@a.service.d/50-listen.conf")
        let text = String(decoding: try SmallFile.read(unit.file, limit: 4096).bytes, as: UTF8.self)
        #expect(text.hasSuffix("[Service]\nSocketBindAllow=tcp:9010\n"))
        #expect(try !unit.allow(9010))
        #expect(try unit.allow(9011))
        #expect(try unit.allow(nil))
        #expect(!SmallFile.exists(unit.file))
        #expect(try !unit.allow(nil))
        for folder in ["/etc/systemd/system", "/etc/systemd", "/etc"] { rmdir(root.path + folder) }
    }

    @Test("Going over to the other way takes out what belongs to the former one")
    func meeting() {
        var setup = LineSetup(answers: [
            .patriotHost: "h", .patriotPort: "1", .patriotAddress: "a", .patriotPins: "p", .patriotPath: "/x",
            .modemDevice: "auto",
        ])
        setup.meet(listeningOn: "[fd00::7]:9010")
        #expect(setup.answers.filter { !$0.value.isEmpty } == [.patriotListen: "[fd00::7]:9010", .modemDevice: "auto"])
        #expect(setup.listeningPort == 9010)
        setup[.patriotPath] = "/y"
        setup.meet(listeningOn: "9011")
        #expect(setup[.patriotPath] == "/y")
        setup.meet(listeningOn: nil)
        #expect(setup.answers.filter { !$0.value.isEmpty } == [.modemDevice: "auto"])
        #expect(setup.listeningPort == nil)
    }
}
