import Testing

@testable import PatriotCore

/// Rows 20 to 24 of the protocol decisions.
struct NumberRulesTests {
    static let gsm = NumberRules(kind: .gsm)
    static let analog = NumberRules(kind: .analog)
    static let kinds = [gsm, analog]
    static let australian = NumberRules(
        kind: .analog,
        countryCode: "61",
        trunkPrefix: "0",
        internationalPrefix: "0011"
    )

    @Test(
        arguments: kinds,
        [
            ("", NumberRefusal.empty), ("+", .empty), ("555 0100", .foreignCharacters),
            ("5550100\r", .foreignCharacters),
            ("5550100;", .foreignCharacters), ("555\0", .foreignCharacters), ("55+50100", .foreignCharacters),
            ("++5550100", .foreignCharacters), ("5550100,1", .foreignCharacters), ("555W0100", .foreignCharacters),
            ("٥٥٥٠١٠٠", .foreignCharacters), ("５５５", .foreignCharacters), ("5550100\u{301}", .foreignCharacters),
            ("555\"", .foreignCharacters), (">5550100", .foreignCharacters), ("A", .foreignCharacters),
            (String(repeating: "5", count: 41), .tooLong), (String(repeating: "x", count: 60_000), .tooLong),
        ]
    )
    func row20_foreignTextIsRefused(_ rules: NumberRules, _ number: (text: String, refusal: NumberRefusal)) {
        #expect(throws: number.refusal) { try rules.dialString(for: number.text) }
    }

    @Test(arguments: kinds, ["5550100", "0", "0491570156", String(repeating: "5", count: 40)])
    func row20_plainDigitsAreDialledAsTheyAre(_ rules: NumberRules, _ number: String) throws {
        #expect(try rules.dialString(for: number) == number)
    }

    @Test(arguments: ["+61491570156", "+4930123456", "+" + String(repeating: "5", count: 40)])
    func row20_plusIsTheNetworksBusinessOnGSM(_ number: String) throws {
        let rules = NumberRules(
            kind: .gsm,
            prefix: "9,",
            countryCode: "61",
            trunkPrefix: "0",
            internationalPrefix: "0011"
        )
        #expect(try rules.dialString(for: number) == number)
    }

    @Test(arguments: [
        "*21*5550100#", "**21*5550100#", "##002#", "*#06#", "*100#", "*31#", "#31#", "*31#*21#", "#31#5550100#", "*",
        "#",
        "5550100#", "*30#5550100", "+*31#5550100",
    ])
    func row21_serviceCodeIsRefusedOnGSM(_ number: String) throws {
        #expect(throws: NumberRefusal.serviceCode) { try Self.gsm.dialString(for: number) }
        #expect(try NumberRules(kind: .gsm, allowMMI: true).dialString(for: number) == number)
    }

    @Test(arguments: ["*31#5550100", "#31#0491570156"])
    func row21_callerIdentityRestrictionBeforeANumberIsAllowedOnGSM(_ number: String) throws {
        #expect(try Self.gsm.dialString(for: number) == number)
    }

    @Test(arguments: ["*21*5550100#", "*31#5550100", "*98", "#"])
    func row21_starAndHashAreTonesOnAnalog(_ number: String) throws {
        #expect(try Self.analog.dialString(for: number) == number)
    }

    @Test(arguments: [
        ("+61491570156", "0491570156"), ("+4930123456", "00114930123456"), ("+611", "01"), ("5550100", "5550100"),
        ("+6", "00116"),
    ])
    func row22_plusIsRewrittenOnAnalog(_ number: String, _ dialled: String) throws {
        #expect(try Self.australian.dialString(for: number) == dialled)
        var withPlus = Self.australian
        withPlus.countryCode = "+61"
        #expect(try withPlus.dialString(for: number) == dialled)
    }

    @Test
    func row22_countryWithoutTrunkPrefix() throws {
        let danish = NumberRules(kind: .analog, countryCode: "45", internationalPrefix: "00")
        #expect(try danish.dialString(for: "+4555550100") == "55550100")
    }

    @Test
    func row22_plusWithoutSettingsIsRefusedOnAnalogNamingThem() {
        #expect(throws: NumberRefusal.internationalPrefixMissing) { try Self.analog.dialString(for: "+4930123456") }
        let own = NumberRules(kind: .analog, countryCode: "61", trunkPrefix: "0")
        #expect(throws: NumberRefusal.internationalPrefixMissing) { try own.dialString(for: "+4930123456") }
        #expect(throws: NumberRefusal.malformedInternational) { try own.dialString(for: "+61") }
        #expect(throws: NumberRefusal.malformedInternational) { try own.dialString(for: "+61*1") }
        #expect("\(NumberRefusal.internationalPrefixMissing)".contains("DIAL_INTERNATIONAL_PREFIX"))
        #expect("\(NumberRefusal.serviceCode)".contains("DIAL_ALLOW_MMI"))
    }

    @Test(
        arguments: [
            .empty, .tooLong, .foreignCharacters, .malformedInternational, .serviceCode, .internationalPrefixMissing,
        ] as [NumberRefusal]
    )
    func aRefusalFitsBehindAColonAndSaysWhatToDo(_ refusal: NumberRefusal) {
        #expect("\(refusal)".first?.isLowercase == true)
        #expect("\(refusal)".last != ".")
        #expect("\(refusal)".contains(": "))
    }

    @Test(arguments: [
        ("5550100", "9,5550100"), ("+61491570156", "9,0491570156"), ("12345", "9,12345"), ("1234", "1234"),
        ("*98", "*98"),
        ("7", "7"), ("*21*5550100#", "9,*21*5550100#"),
    ])
    func row23_prefixIsForLongNumbersOfAnalogLines(_ number: String, _ dialled: String) throws {
        var rules = Self.australian
        rules.prefix = "9,"
        #expect(try rules.dialString(for: number) == dialled)
        rules.kind = .gsm
        if !number.contains("*") { #expect(try rules.dialString(for: number) == number) }
    }

    /// No number is singled out: all the short ones there are go out as they were asked for.
    @Test(arguments: kinds)
    func row24_noShortNumberIsFiltered(_ rules: NumberRules) throws {
        var rules = rules
        rules.prefix = "9,"
        for number in 0..<1000 {
            let text = String(repeating: "0", count: 3 - String(number).count) + String(number)
            #expect(try rules.dialString(for: text) == text)
        }
    }

    @Test(arguments: [
        ("+61491570156", "…156"), ("555010", "…010"), ("55501", "…501"), ("1234", "1234"), ("1", "1"),
        ("*04*0000*8274*8274#", "*04*(hidden)#"), ("junk\r\n", "…"), ("5550101 junk", "…"), ("", "…"),
    ])
    func printingANumberMasksIt(_ text: String, _ masked: String) {
        #expect(PhoneNumber.masked(text) == masked)
        if let number = PhoneNumber(text) {
            #expect("\(number)" == masked)
            #expect(number.text == text)
        }
    }
}
