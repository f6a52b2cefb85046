import ModemCore
import Testing

@Suite struct LineExplanationTests {
    @Test(arguments: [
        ("+CLCC: 1,0,3,0,0,\"…101\",129", "call 1, outbound, alerting"),
        ("+CLCC: 1,0,3,0,0,\"5550101\",129", "call 1, outbound, alerting"),
        ("+CLCC: 1,1,0,1,0,\"\",128", "call 1 carries data"),
        ("+CLCC: 2,1,6,0,0", "call 2, inbound, over"),
        ("OK", "done"), ("ERROR", "refused, or not known"), ("+CME ERROR: 10", "there is no SIM"),
        ("+CME ERROR: SIM PIN required", "the SIM wants its PIN"), ("+CMS ERROR: 304", "the message was refused"),
        ("+CME ERROR: 9999", "refused"),
        ("BUSY", "the number is busy"), ("NO CARRIER", "the call is over, or could not be set up"),
        ("RING", "the line rings"), ("+CRING: VOICE", "the line rings"),
        ("+CLIP: \"…101\",129,,,,0", "the caller's number"), ("+CLIP: \"\",128,,,,1", "the caller hides the number"),
        ("+CCWA: \"…102\",129,1", "a second caller knocks"),
        ("+CREG: 0,2", "searching for a network: check the antenna if this lasts"),
        ("+CREG: 1,\"00C3\",\"0A1B\"", "registered at home"), ("+CREG: 5", "registered, roaming"),
        ("+CREG: 2,1,\"00C3\",\"0A1B\"", "registered at home"),
        ("+CEREG: 0,3", "LTE: the network refuses this SIM: ask the provider"),
        ("+CSQ: 20,99", "-73 dBm, good"), ("+CSQ: 3,99", "-107 dBm, poor"), ("+CSQ: 99,99", "the signal is not known"),
        ("+CPIN: SIM PUK", "the SIM is PUK-locked"), ("+COPS: 0,0,\"Example\",7", "operator Example"),
        ("+COPS: 0", "no operator"), ("+CPAS: 4", "a call is up"), ("+CEER: 8,17", "the number is busy"),
        ("^ORIG:1,0", "call 1, outbound, dialing"), ("^CONF:1", "call 1, outbound, alerting"),
        ("^CEND:1,9,104,16", "call 1 is over: ended as usual"),
        ("+QIND: \"ccinfo\",2,0,3,0,0,\"…456\",129", "call 2, outbound, alerting"),
        ("NMBR = …001", "the caller's number"),
        ("+CIEV: \"SOUNDER\",0", "an indicator changed"), ("AT+CSQ", "echo"), ("+CSQ: x", "signal"),
        ("+CLCC: ", "list of calls"),
    ])
    func ofReceived(_ line: String, _ words: String) {
        var explanation = LineExplanation()
        #expect(explanation.ofReceived(line) == words)
    }

    @Test(arguments: ["Quectel", "", "…", "+", ":", "+NONSENSE: 1", "\u{FFFD}"])
    func ofReceivedIsSilentOnWhatItDoesNotKnow(_ line: String) {
        var explanation = LineExplanation()
        #expect(explanation.ofReceived(line) == nil)
    }

    /// Quectel's numbers of the states are its own.
    @Test func theProfileDecidesWhereMakersDiffer() {
        var quectel = LineExplanation(profile: .quectel)
        var zte = LineExplanation(profile: .zte)
        #expect(quectel.ofReceived("^DSCI: 2,0,3,0,5550101,129") == "call 2, outbound, active")
        #expect(zte.ofReceived("^DSCI: 2,0,3,0,0,\"5550101\",129") == "call 2, outbound, alerting")
    }

    @Test(arguments: [
        ("ATD…101;", "dials, to talk"), ("ATDT0,5550101", "dials, for data"), ("AT", "are you there?"),
        ("ATH", "hangs up"),
        ("AT+CREG?", "asks: network registration"), ("AT+CLIP=1", "sets: the caller's number"),
        ("AT+COPS=?", "what can be set: operator"), ("ATE0", "echo"), ("ATS7=60", "sets: register S7"),
        ("ATS7?", "asks: register S7"),
        ("AT+CSQ;+CREG?", "signal; asks: network registration"), ("AT+CPIN=(hidden)", "sets: the SIM's PIN"),
        ("+++", "leaves the data mode"), ("AT&F0", "factory settings"),
    ])
    func ofSent(_ line: String, _ words: String) {
        #expect(LineExplanation().ofSent(line) == words)
    }

    @Test(arguments: ["hello", "AT+NONSENSE", ""])
    func ofSentIsSilentOnWhatItDoesNotKnow(_ line: String) {
        #expect(LineExplanation().ofSent(line) == nil)
    }

    @Test(arguments: [
        ("a", ["AT"]), ("AT", []), ("AT+CSQ", []), ("at+cs", ["AT+CSCA", "AT+CSCS", "AT+CSQ", "AT+CSSN"]),
        ("AT+CSQ;+CHL", ["AT+CSQ;+CHLD"]), ("hello", []), ("", ["AT"]),
    ])
    func completions(_ typed: String, _ lines: [String]) {
        #expect(ATCommandCatalog.completions(of: typed) == lines)
    }
}
