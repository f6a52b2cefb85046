import ModemCore
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("Numbers and secrets are masked wherever they stand")
struct NumberMaskTests {
    struct Masking: Sendable, CustomTestStringConvertible {
        var kind: NumberMask.Kind
        var text: String
        var masked: String
        var testDescription: String { text.debugDescription }

        init(_ kind: NumberMask.Kind, _ text: String, _ masked: String) {
            self.kind = kind
            self.text = text
            self.masked = masked
        }
    }

    @Test(
        "Of each number the last three digits stay",
        arguments: [
            Masking(.number, "+61491570156", "…156"),
            Masking(.number, "+61 (491) 570-156", "…156"),
            Masking(.number, "01.23.45.67.89 ", "…789 "),
            Masking(.number, "1234", "1234"),
            Masking(.number, "12345", "…345"),
            Masking(.number, "", ""),
            Masking(.number, "withheld", "withheld"),
            Masking(.number, "*21*5550100#", "…00#"),
            Masking(.number, "٠١٢٣٤٥٦٧", "…٥٦٧"),
            Masking(.atLine, "ATD+61491570156;", "ATD…156;"),
            Masking(.atLine, "ATDT0,5550156;", "ATDT…156;"),
            Masking(.atLine, "atd0,555,01W56", "atd…156"),
            Masking(.atLine, "ATD112;", "ATD112;"),
            Masking(.atLine, "+CLIP: \"+61491570156\",145,,,,0", "+CLIP: \"…156\",145,,,,0"),
            Masking(.atLine, "+CLCC: 1,0,0,0,0,\"5550156\",129", "+CLCC: 1,0,0,0,0,\"…156\",129"),
            Masking(.atLine, "^CEND:1,9,104,16", "^CEND:1,9,104,16"),
            Masking(.atLine, "NMBR = 5550100156", "NMBR = …156"),
            Masking(.atLine, "DATE = 1015", "DATE = 1015"),
            Masking(.atLine, "+CSQ: 20,99", "+CSQ: 20,99"),
            Masking(.atLine, "ATS7=60", "ATS7=60"),
            Masking(
                .logLine,
                #"UTC host x[812]: <5>notice: call active direction=outbound number="+61 491 570 156" at.line=ATD0,5550156;"#,
                #"UTC host x[812]: <5>notice: call active direction=outbound number="…156" at.line=ATD…156;"#
            ),
            Masking(
                .logLine,
                #"at.line="+CLIP: \"5550156\",129" reason="9009 5550156""#,
                #"at.line="+CLIP: \"…156\",129" reason="9009 …156""#
            ),
            Masking(.logLine, "a = b number= number=\"5550156", "a = b number= number=\"…156"),
        ]
    )
    func numbers(_ masking: Masking) {
        #expect(NumberMask(.masked).masked(masking.text, as: masking.kind) == masking.masked)
        #expect(NumberMask(.full).masked(masking.text, as: masking.kind) == masking.text)
    }

    @Test(
        "A PIN and a password are hidden, even when numbers are shown in full",
        arguments: [
            Masking(.atLine, "AT+CPIN=\"1234\"", "AT+CPIN=(hidden)"),
            Masking(.atLine, "at+cpin=1234", "at+cpin=(hidden)"),
            Masking(.atLine, "AT+CMEE=1;+CPIN=\"12345678\",\"1234\"", "AT+CMEE=1;+CPIN=(hidden)"),
            Masking(.atLine, "AT+CPIN2=\"1234\"", "AT+CPIN2=(hidden)"),
            Masking(.atLine, "AT+CLCK=\"SC\",1,\"1234\"", "AT+CLCK=(hidden)"),
            Masking(.atLine, "AT^SPIC=\"0000\"", "AT^SPIC=(hidden)"),
            Masking(.atLine, "AT+CSQ;#PIN=0000", "AT+CSQ;#PIN=(hidden)"),
            Masking(.atLine, "at+csim=26,\"0020000108FFFFFFFFFFFFFFFF\"", "at+csim=(hidden)"),
            Masking(.atLine, "AT+CPWD=\"SC\",\"1234\",\"4321\"", "AT+CPWD=(hidden)"),
            Masking(.atLine, "AT+CPIN?", "AT+CPIN?"),
            Masking(.atLine, "AT+CPIN=?", "AT+CPIN=?"),
            Masking(.atLine, "+CPIN: SIM PIN", "+CPIN: SIM PIN"),
            Masking(.atLine, "AT+CPIN=", "AT+CPIN="),
            Masking(.atLine, "AT+CPIN = 1234", "AT+CPIN =(hidden)"),
            Masking(.logLine, "to modem at.line=AT+CPIN=1234 port=x", "to modem at.line=AT+CPIN=(hidden) port=x"),
            Masking(.atLine, "AT+CPIN=?;+CPIN=1234", "AT+CPIN=?;+CPIN=(hidden)"),
            Masking(.atLine, "straße;+CPIN=1234", "straße;+CPIN=(hidden)"),
        ]
    )
    func secrets(_ masking: Masking) {
        #expect(NumberMask(.full).masked(masking.text, as: masking.kind) == masking.masked)
        #expect(NumberMask(.masked).masked(masking.text, as: masking.kind) == masking.masked)
    }

    @Test("A number before a PIN is masked like any other")
    func numberBesideAPIN() {
        let line = "+CLIP: \"5550156\";+CPIN=1234"
        #expect(NumberMask(.masked).masked(line, as: .atLine) == "+CLIP: \"…156\";+CPIN=(hidden)")
        #expect(NumberMask(.full).masked(line, as: .atLine) == "+CLIP: \"5550156\";+CPIN=(hidden)")
    }

    @Test("In random text no five phone characters stay in a row", arguments: [1, 2, 3] as [UInt64])
    func randomText(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("0123456789+*#-() .,ATD;\"é".unicodeScalars)
        for _ in 0..<1000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            for kind in [NumberMask.Kind.number, .atLine] {
                let masked = NumberMask(.masked).masked(String(text), as: kind)
                var run = 0
                for scalar in masked.unicodeScalars {
                    run = "0123456789+*#".unicodeScalars.contains(scalar) ? run + 1 : 0
                    #expect(run < 5, "\(String(text).debugDescription) became \(masked.debugDescription)")
                }
            }
        }
    }

    @Test(
        "Whatever prints a number shows as much of it",
        arguments: [
            "+61491570156", "5550156", "55501", "1234", "112", "0", "*21*5550100#", "*100#", "*04*0000*8274*8274#",
            "**05*12348274*8274*8274#", "#31#5550101", "0000000000000000000000000000000000000000",
        ]
    )
    func oneMask(_ number: String) throws {
        let shown = NumberMask(.masked).masked(number, as: .number)
        #expect("\(try #require(PhoneNumber(number)))" == shown)
        #expect("\(try #require(DialString(number)))" == shown)
        #expect("\(PatriotMessage.dialRequest(phoneNo: number, rawPhoneNo: nil))".hasSuffix(" " + shown))
        let log = "call number=\"\(number)\" at.line=ATD\(number);"
        #expect(NumberMask(.masked).masked(log, as: .logLine) == "call number=\"\(shown)\" at.line=ATD\(shown);")
    }
}
