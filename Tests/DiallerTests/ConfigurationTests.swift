import Glibc
import Logging
import ModemCore
import NIOOpenSSL
import PatriotCore
import SerialDevice
import TestSupport
import Testing

@testable import Dialler

@Suite("A configuration is read from file, environment and command line")
struct ConfigurationTests {
    private let directory: TemporaryDirectory
    private let keyFile: String

    init() throws {
        directory = try TemporaryDirectory()
        keyFile = try directory.write("api-key", "ABC123DEF456\n")
    }

    private func load(
        _ text: String,
        environment: [String: String] = [:],
        flags: [ConfigurationKey: String] = [:]
    ) throws -> LoadedConfiguration {
        let file = try directory.write("line.conf", text)
        return Configuration.load(ConfigurationSources(file: file, environment: environment, flags: flags))
    }

    private func loadWithKey(_ text: String) throws -> LoadedConfiguration {
        try load("PATRIOT_API_KEY_FILE=\(keyFile)\n" + text)
    }

    @Test("With an API key alone everything else has its default")
    func defaults() throws {
        let loaded = try loadWithKey("")
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration == Configuration(patriot: .init(apiKey: APIKey("ABC123DEF456"))))
    }

    @Test("Every key is read")
    func everyKey() throws {
        let pinFile = try directory.write("pin", "1234\n", mode: 0o400)
        let certificate = try directory.write("ca.pem", TLSIdentity.selfSigned(names: ["a.example"]).certificate.pem)
        let loaded = try loadWithKey(
            """
            PATRIOT_HOST=patriot.example
            PATRIOT_PORT=9010
            PATRIOT_PATH=/dialler
            PATRIOT_ADDRESS=192.0.2.7
            PATRIOT_CA_FILE="\(certificate)"
            MODEM_DEVICE=/dev/serial/by-id/usb-modem
            MODEM_PROFILE=generic-gsm
            MODEM_BAUD_RATE=9600
            MODEM_DIAL_MODE=voice
            MODEM_INIT='ATE0 | AT+CLIP=1;+CRC=1 |'
            MODEM_INIT_EXTRA=AT+CLVL=80|+CMIC=0,8
            MODEM_BEFORE_DIAL="AT+QPCMV=1,2;+CLVL=3"
            MODEM_OK_POLICY=started-then-answered
            MODEM_POLLING=750
            MODEM_HANG_UP=ATH|CHLD|DTR
            SOUND=on
            SOUND_PORT=/dev/ttyUSB4
            SOUND_OUTPUT=plughw:CARD=Headset
            SOUND_INPUT=plughw:CARD=Desk,DEV=1
            SOUND_DELAY_MS=80
            SOUND_GAIN_OUT=-6
            SOUND_GAIN_IN=3
            SIM_PIN_FILE=\(pinFile)
            DIAL_COUNTRY_CODE=61
            DIAL_TRUNK_PREFIX=0
            DIAL_INTERNATIONAL_PREFIX=0011
            DIAL_ALLOW_MMI=yes
            DIAL_DURING_CALL=replace
            INCOMING=reject
            STATE_DIRECTORY=/var/lib/a:/var/lib/b
            RECORD_NUMBERS=masked
            RECORD_RETENTION_MONTHS=0
            RUNTIME_DIRECTORY=/run/a
            LOG_LEVEL=Debug
            LOG_NUMBERS=full
            """
        )
        #expect(loaded.problems.isEmpty)
        let configuration = try #require(loaded.configuration)
        #expect(configuration.patriot.host == "patriot.example")
        #expect(configuration.patriot.port == 9010)
        #expect(configuration.patriot.path == "/dialler")
        #expect(configuration.patriot.address == "192.0.2.7")
        #expect(configuration.patriot.trust == .certificateFile(certificate))
        #expect(configuration.modem.device == .path("/dev/serial/by-id/usb-modem"))
        #expect(configuration.modem.profile == .genericGSM)
        #expect(configuration.modem.lineSettings == LineSettings(baudRate: 9600))
        #expect(configuration.modem.dialMode == .voice)
        #expect(configuration.modem.initCommands == ["ATE0", "AT+CLIP=1;+CRC=1"])
        #expect(configuration.modem.initExtra == ["AT+CLVL=80", "+CMIC=0,8"])
        #expect(configuration.modem.beforeDial == "AT+QPCMV=1,2;+CLVL=3")
        #expect(configuration.modem.okPolicy == .startedThenAnswered)
        #expect(configuration.modem.polling == .interval(.milliseconds(750)))
        #expect(configuration.modem.polling?.description == "750 ms")
        #expect(configuration.modem.hangUpLadder == ["ATH", "CHLD", "DTR"])
        #expect(configuration.modem.carriesSound)
        #expect(configuration.sound.port == "/dev/ttyUSB4")
        #expect(configuration.sound.output == "plughw:CARD=Headset")
        #expect(configuration.sound.input == "plughw:CARD=Desk,DEV=1")
        #expect(configuration.sound.delay == 80)
        #expect(configuration.sound.gainOut == -6)
        #expect(configuration.sound.gainIn == 3)
        #expect(configuration.modem.simPIN == Secret("1234"))
        #expect(configuration.dialling.countryCode == "61")
        #expect(configuration.dialling.trunkPrefix == "0")
        #expect(configuration.dialling.internationalPrefix == "0011")
        #expect(configuration.dialling.allowsMMI)
        #expect(configuration.dialling.duringCall == .replace)
        #expect(configuration.incoming == .reject)
        #expect(configuration.stateDirectory == "/var/lib/a")
        #expect(configuration.runtimeDirectory == "/run/a")
        #expect(configuration.line == "line")
        #expect(configuration.records == .init(numbers: .masked, retentionMonths: 0))
        #expect(configuration.logging == .init(level: .debug, numbers: .full))
        // A key that is missing in the loader would have its default. The others need another kind of line.
        let standard = Configuration(patriot: .init(apiKey: APIKey("")))
        let untouched = ConfigurationKey.allCases.filter { configuration.text(of: $0) == standard.text(of: $0) }
        #expect(
            untouched == [
                .patriotAPIKeyFile, .patriotPins, .patriotListen, .patriotTLSCertificateFile, .patriotTLSKeyFile,
                .modemDialMode,
                .dialPrefix, .dialHandoverSeconds,
            ]
        )
    }

    @Test("An analog line's keys are read")
    func analogKeys() throws {
        let loaded = try loadWithKey(
            "MODEM_PROFILE=analog\nMODEM_DIAL_MODE=data\nDIAL_PREFIX=0,w\nDIAL_HANDOVER_SECONDS=12\n"
        )
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.modem.profile == .analog)
        #expect(loaded.configuration?.modem.dialMode == .data)
        #expect(loaded.configuration?.dialling.prefix == "0,W")
        #expect(loaded.configuration?.dialling.handover == .seconds(12))
    }

    @Test("The command line beats the environment, which beats the file; an empty text means the default")
    func precedence() throws {
        let text = "PATRIOT_API_KEY_FILE=\(keyFile)\nPATRIOT_PORT=1\nPATRIOT_HOST=file\nPATRIOT_PATH=/file\n"
        let environment = ["PATRIOT_PORT": "2", "PATRIOT_HOST": "environment", "MODEM_BAUD_RATE": ""]
        let loaded = try load(text, environment: environment, flags: [.patriotPort: "3"])
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.patriot.port == 3)
        #expect(loaded.configuration?.patriot.host == "environment")
        #expect(loaded.configuration?.patriot.path == "/file")
        #expect(loaded.configuration?.modem.lineSettings == LineSettings())
        #expect(try load(text, flags: [.patriotPort: ""]).configuration?.patriot.port == 9009)
    }

    @Test("All problems of a file are reported at once, in the order of its lines")
    func allAtOnce() throws {
        let openKey = try directory.write("open-key", "ABC123DEF456\n", mode: 0o644)
        let text = """
            # line 1
            PATRIOT_HOTS=patriot.example
            PATRIOT_PORT=90x9
            MODEM_DEVICE=/dev/ttyUSB0
            PATRIOT_API_KEY_FILE=\(openKey)
            SIM_PIN_FILE=/nonexistent/pin
            MODEM_DEVICE=/dev/ttyUSB1
            oops
            """
        let loaded = try load(text)
        let path = directory.path + "/line.conf"
        #expect(loaded.configuration == nil)
        #expect(
            loaded.problems.map(\.description) == [
                "\(path):2: PATRIOT_HOTS: unknown key; did you mean PATRIOT_HOST?",
                "\(path):3: PATRIOT_PORT: \"90x9\" is not a number from 1 to 65535",
                "\(path):5: PATRIOT_API_KEY_FILE: the file \"\(openKey)\" holds a secret and is open to other users "
                    + "(mode 0644, wanted 0600 or 0400): run chmod 600 \(openKey)",
                "\(path):6: SIM_PIN_FILE: the file \"/nonexistent/pin\" does not exist: create it or correct the path",
                "\(path):7: MODEM_DEVICE: is set twice, on line 4 and on line 7: keep one of them",
                "\(path):8: expected KEY=value or a # comment (line not shown)",
            ]
        )
    }

    @Test(
        "A key that was put into the file itself is not shown",
        arguments: ["SUPERSECRET", "super-secret=", "c3VwZXItc2VjcmV0Lg==", "c3VwZXItc2VjcmV0", "SUPER.SECRET='"]
    )
    func misplacedKey(_ line: String) throws {
        let loaded = try loadWithKey(line)
        #expect(loaded.problems.map(\.place) == [.file(directory.path + "/line.conf", line: 2)])
        let text = loaded.problems.map(\.description).joined()
        #expect(!text.contains(line.prefix { $0 != "=" }), "\(text)")
        let excerpt = try ConfigurationExcerpt.text(of: directory.path + "/line.conf")
        #expect(!excerpt.contains(line.prefix { $0 != "=" }), "\(excerpt)")
    }

    @Test(
        "A wrong value is an error that says what would be right",
        arguments: [
            ("PATRIOT_HOST=wss://patriot.example", "without wss://"),
            ("PATRIOT_HOST=-a.example", "is not a host name"),
            ("PATRIOT_PORT=0", "from 1 to 65535"),
            ("PATRIOT_PORT=65536", "from 1 to 65535"),
            ("PATRIOT_PORT=+9009", "from 1 to 65535"),
            ("PATRIOT_PORT=99999999999999999999", "from 1 to 65535"),
            ("PATRIOT_PORT=9009 # default", "a # comment needs a line of its own"),
            ("PATRIOT_PATH=ws", "must begin with /"),
            ("PATRIOT_ADDRESS=192.0.2.7:0", "HOST:PORT"),
            ("PATRIOT_ADDRESS=192.0.2.7:", "HOST:PORT"),
            ("PATRIOT_ADDRESS=:9009", "HOST:PORT"),
            ("PATRIOT_ADDRESS=a b:9009", "HOST:PORT"),
            ("PATRIOT_ADDRESS=[2001:db8::1]", "[ADDRESS]:PORT"),
            ("PATRIOT_API_KEY_FILE=key", "is not an absolute path"),
            ("PATRIOT_CA_FILE=/nonexistent", "No such file"),
            ("PATRIOT_CA_FILE=/tmp", "not a regular file"),
            ("PATRIOT_PINS=sha256/abc", "is not a pin"),
            ("PATRIOT_PINS=sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "is not a pin"),
            ("PATRIOT_PINS=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", "is not a pin"),
            ("PATRIOT_PINS=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,", "is not a pin"),
            ("MODEM_DEVICE=ttyUSB0", "/dev/ttyUSB0"),
            ("MODEM_DEVICE=usb:2c7c:125", "four hexadecimal digits"),
            ("MODEM_DEVICE=usb:2c7c:0125 # mine", "a # comment needs a line of its own"),
            ("MODEM_DEVICE=path:", "path:ID_PATH"),
            ("MODEM_PROFILE=gsm", "auto, generic-gsm, analog"),
            ("MODEM_BAUD_RATE=115201", "115200"),
            ("MODEM_DIAL_MODE=fax", "voice, data"),
            ("MODEM_INIT=ATE0|ATD5550100;", "would dial"),
            ("MODEM_INIT=d5550100;", "would dial"),
            ("MODEM_INIT=ATE0D0491570156;", "would dial"),
            ("MODEM_INIT=ATZ;D5550100", "would dial"),
            ("MODEM_INIT=ATE0|AT+CLIP=1; d 5550100;", "number 2 would dial"),
            ("MODEM_INIT=AT%C0D5550100;", "would dial"),
            ("MODEM_INIT=ATE0A", "would answer"),
            ("MODEM_INIT=DTR", "would dial"),
            ("MODEM_INIT=|", "no command"),
            ("MODEM_INIT_EXTRA=AT+CLVL=80|ATD5550100;", "number 2 would dial"),
            ("MODEM_INIT_EXTRA=|", "no command"),
            ("MODEM_BEFORE_DIAL=ATD5550100;", "would dial"),
            ("MODEM_BEFORE_DIAL=AT+X;A", "would answer"),
            ("MODEM_BEFORE_DIAL=AT+X|AT+Y", "join the commands with ;"),
            ("MODEM_BEFORE_DIAL=ATÄ", "not plain ASCII"),
            ("MODEM_OK_POLICY=maybe", "started-then-answered"),
            ("MODEM_POLLING=100", "200"),
            ("MODEM_HANG_UP=ATH|ATD5550100;", "would dial"),
            ("MODEM_HANG_UP=DTR|ATHD5550100;", "would dial"),
            ("MODEM_INIT=ATÄ", "not plain ASCII"),
            ("DIAL_PREFIX=0-", "is not a prefix"),
            ("DIAL_COUNTRY_CODE=+61", "without +"),
            ("DIAL_TRUNK_PREFIX=00000", "1 to 4 digits"),
            ("DIAL_INTERNATIONAL_PREFIX=+", "is not a prefix"),
            ("DIAL_ALLOW_MMI=maybe", "neither yes nor no"),
            ("SOUND=headset", "neither yes nor no"),
            ("SOUND_PORT=ttyUSB4", "not an absolute path"),
            ("SOUND_OUTPUT=my headset", "not a sound device's name"),
            ("SOUND_INPUT=plughw:CARD=Häd", "not a sound device's name"),
            ("SOUND_DELAY_MS=19", "not a number from 20 to 500"),
            ("SOUND_GAIN_OUT=41", "not a number from -40 to 40"),
            ("SOUND_GAIN_IN=loud", "not a number from -40 to 40"),
            ("DIAL_DURING_CALL=drop", "keep, replace"),
            ("DIAL_HANDOVER_SECONDS=601", "from 0 to 600"),
            ("INCOMING=ring", "report, ignore, reject, answer"),
            ("STATE_DIRECTORY=state", "is not an absolute path"),
            ("RUNTIME_DIRECTORY=:/run/a", "is not an absolute path"),
            ("LOG_LEVEL=verbose", "trace, debug, info, notice, warning, error, critical"),
            ("LOG_NUMBERS=some", "full, masked"),
            ("RECORD_NUMBERS=none", "full, masked"),
            ("RECORD_RETENTION_MONTHS=-1", "0 to 1200"),
            ("PATRIOT_HOST=\"a\u{1B}b\"", "control characters"),
            ("PATRIOT_HOST=\"a\u{0}b\"", "control characters"),
            ("PATRIOT_CA_FILE=\"/etc/passwd\u{0}b\"", "control characters"),
            ("MODEM_INIT=+CPIN=1234\u{7}", "control characters"),
        ]
    )
    func wrongValue(_ line: String, _ hint: String) throws {
        let isKeyFile = line.hasPrefix("PATRIOT_API_KEY_FILE")
        let loaded = isKeyFile ? try load("\n" + line) : try loadWithKey(line)
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.map(\.severity) == [.error])
        let problem = try #require(loaded.problems.first)
        #expect(problem.place == .file(directory.path + "/line.conf", line: 2))
        #expect(problem.key == line.split(separator: "=").first.map(String.init))
        #expect(problem.message.contains(hint), "\(problem)")
        #expect(!problem.description.unicodeScalars.contains("\u{1B}"))
    }

    @Test("A problem shows no number", arguments: ["ATE0D0491570156;", "ATD0491570156;", "+61491570156"])
    func noNumberForSupport(_ value: String) throws {
        let key = value.hasPrefix("+") ? "DIAL_COUNTRY_CODE" : "MODEM_INIT"
        let text = try loadWithKey("\(key)=\(value)").problems.map(\.description).joined()
        #expect(!text.isEmpty && !text.contains("491570"), "\(text)")
    }

    @Test("The values in force show the numbers of AT lines as they are to be shown, and their PINs never")
    func summary() throws {
        let loaded = try loadWithKey(
            """
            MODEM_INIT=AT+CSCA="+61491570156"|AT+CPIN=4711
            MODEM_INIT_EXTRA=AT+CPIN="4711"
            MODEM_BEFORE_DIAL=AT+Y=0491570156
            MODEM_HANG_UP=AT+X=0491570156
            """
        )
        let configuration = try #require(loaded.configuration)
        let masked = configuration.summary(mask: NumberMask(.masked))
        #expect(masked.contains("AT+Y=…156"))
        #expect(masked.contains("AT+CSCA=\"…156\"") && masked.contains("AT+X=…156"))
        let full = configuration.summary(mask: NumberMask(.full))
        #expect(full.contains("AT+CSCA=\"+61491570156\"") && full.contains("AT+X=0491570156"))
        #expect(!masked.contains("4711") && !full.contains("4711"))
    }

    @Test("A problem of the environment and of the command line says where it is")
    func otherPlaces() throws {
        let loaded = try load(
            "PATRIOT_API_KEY_FILE=\(keyFile)\n",
            environment: ["PATRIOT_PORT": "x", "PATRIOT_HOTS": "y", "HOME": "/root", "PATH": "/bin"],
            flags: [.modemBaudRate: "1"]
        )
        let texts = loaded.problems.map(\.description)
        #expect(texts.count == 3)
        #expect(texts[0].hasPrefix("environment: PATRIOT_HOTS: warning: unknown key, ignored"))
        #expect(texts[1].hasPrefix("environment: PATRIOT_PORT: \"x\" is not a number"))
        #expect(texts[2].hasPrefix("--modem-baud-rate: \"1\" is not one of the speeds"))
    }

    @Test("A configuration file that cannot be read is named with the reason")
    func unreadableFile() throws {
        let missing = Configuration.load(ConfigurationSources(file: "/nonexistent/line.conf"))
        // Of what would stand in it nothing is known.
        #expect(
            missing.problems.map(\.description)
                == ["/nonexistent/line.conf: the configuration file does not exist: create it or correct the path"]
        )
        #expect(missing.configuration == nil)
        let folder = Configuration.load(ConfigurationSources(file: directory.path))
        #expect(folder.problems.first?.message.hasPrefix("the configuration file is not a file") == true)
        let large = try directory.write("large.conf", [UInt8](repeating: UInt8(ascii: "#"), count: 70_000))
        #expect(
            Configuration.load(ConfigurationSources(file: large)).problems.first?.message.contains("65536 bytes")
                == true
        )
    }

    @Test("A file without permission says who may not read it, and what to do", arguments: [EACCES, EPERM])
    func fileWithoutPermission(_ code: Int32) {
        #expect(
            "\(FileReadingError(errno: code))"
                == "may not be read by this user (uid \(geteuid())): run the command with sudo; "
                + "if the line itself says this, give the file to the line's user (chown)"
        )
    }

    @Test(
        "Values that contradict each other are a warning, and the configuration can be used",
        arguments: [
            ("MODEM_PROFILE=generic-gsm\nDIAL_PREFIX=0,", "DIAL_PREFIX"),
            ("MODEM_PROFILE=generic-gsm\nDIAL_HANDOVER_SECONDS=5", "DIAL_HANDOVER_SECONDS"),
            ("MODEM_PROFILE=generic-gsm\nMODEM_DIAL_MODE=data", "MODEM_DIAL_MODE"),
            ("MODEM_PROFILE=analog-voice\nMODEM_DIAL_MODE=data", "MODEM_DIAL_MODE"),
            ("MODEM_PROFILE=analog\nINCOMING=reject", "INCOMING"),
            ("MODEM_PROFILE=analog\nINCOMING=answer", "INCOMING"),
            ("DIAL_TRUNK_PREFIX=0", "DIAL_TRUNK_PREFIX"),
            ("# \\\nPATRIOT_PORT=9009", ""),
        ]
    )
    func contradiction(_ lines: String, _ key: String) throws {
        let loaded = try loadWithKey(lines)
        #expect(loaded.configuration != nil)
        #expect(loaded.warnings.map { $0.key ?? "" } == [key])
        #expect(loaded.errors.isEmpty)
    }

    @Test("Pins beat a certificate file, with a warning")
    func pinsBeatFile() throws {
        let certificate = try directory.write("ca.pem", TLSIdentity.selfSigned(names: ["a.example"]).certificate.pem)
        let pins = [
            "sha256/" + String(repeating: "A", count: 43) + "=", "sha256/" + String(repeating: "B", count: 42) + "A=",
        ]
        let loaded = try loadWithKey("PATRIOT_CA_FILE=\(certificate)\nPATRIOT_PINS=\(pins[0]), \(pins[1]),\(pins[0])\n")
        #expect(loaded.configuration?.patriot.trust == .pins(pins.compactMap { SPKIPin($0) }))
        #expect(loaded.problems.map(\.severity) == [.warning])
        #expect(loaded.problems.first?.key == "PATRIOT_CA_FILE")
        #expect(loaded.problems.first?.message.contains("only the pins count") == true)
    }

    @Test("A certificate file without a certificate is refused")
    func certificateFiles() throws {
        let empty = try directory.write("empty.cer", [0x30, 0x82, 0x01, 0x0A])
        let loaded = try loadWithKey("PATRIOT_CA_FILE=\(empty)\n")
        #expect(loaded.errors.map(\.key) == ["PATRIOT_CA_FILE"])
        #expect(loaded.errors.first?.message.contains(empty) == true)
    }

    @Test("The process's environment is read as it is")
    func processEnvironment() throws {
        let path = try #require(getenv("PATH"))
        #expect(ProcessEnvironment.variables["PATH"] == String(cString: path))
        #expect(ProcessEnvironment.variables["PATRIOT_DIALLER_NOT_SET"] == nil)
    }

    @Test("What the modem machine and the number rules are told is what was set")
    func targets() throws {
        let pin = try directory.write("pin", "1234")
        let loaded = try loadWithKey(
            """
            MODEM_DIAL_MODE=data
            MODEM_INIT=E0|+CRC=1
            MODEM_INIT_EXTRA=+CLVL=80
            MODEM_BEFORE_DIAL=AT%icscall=1,0
            SOUND=yes
            SIM_PIN_FILE=\(pin)
            DIAL_HANDOVER_SECONDS=9
            DIAL_PREFIX=0,
            DIAL_COUNTRY_CODE=61
            DIAL_TRUNK_PREFIX=0
            DIAL_INTERNATIONAL_PREFIX=0011
            DIAL_ALLOW_MMI=on
            """
        )
        let configuration = try #require(loaded.configuration)
        #expect(
            configuration.modemOptions
                == ModemOptions(
                    initOverride: ["E0", "+CRC=1"],
                    initExtra: ["+CLVL=80"],
                    carriesSound: true,
                    beforeDial: "AT%icscall=1,0",
                    dialMode: .data,
                    simPIN: "1234",
                    handover: .seconds(9)
                )
        )
        let analog = configuration.numberRules(for: .analog)
        #expect(try analog.dialString(for: "+61491570156") == "0,0491570156")
        #expect(try analog.dialString(for: "+4930123456") == "0,00114930123456")
        let gsm = configuration.numberRules(for: .gsm)
        #expect(gsm.kind == .gsm)
        #expect(gsm.allowMMI)
        #expect(try gsm.dialString(for: "+61491570156") == "+61491570156")
    }
}
