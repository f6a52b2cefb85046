/// The AT commands a person at a modem meets, each with what it is about in a few words: for explanations and completion.
package enum ATCommandCatalog {
    /// - Parameter name: as in a command line behind AT, in capitals: `+CSQ`, `I`, `&F`, `S7`.
    package static func meaning(of name: String) -> String? {
        if let meaning = meanings[name] { return meaning }
        guard name.hasPrefix("S"), let register = Int(name.dropFirst()) else { return nil }
        return "register S\(register)"
    }

    /// The lines that what is typed may become, in the order of the alphabet; none where it is no beginning of a command.
    ///
    /// - Parameter line: up to the cursor. Only its last command is completed.
    package static func completions(of line: String) -> [String] {
        let upper = line.uppercased()
        if "AT".hasPrefix(upper) { return upper == "AT" ? [] : ["AT"] }
        guard upper.hasPrefix("AT") else { return [] }
        let body = upper.index(upper.startIndex, offsetBy: 2)
        let start = upper.lastIndex(of: ";").map { upper.index(after: $0) } ?? body
        let begun = upper[start...]
        guard !begun.isEmpty else { return [] }
        return meanings.keys.filter { $0.hasPrefix(begun) && $0 != begun }.sorted().map { upper[..<start] + $0 }
    }

    private static let meanings: [String: String] = basic.merging(standard) { $1 }.merging(makers) { $1 }

    /// V.250 and the analog modems' own.
    private static let basic: [String: String] = [
        "A": "answers the call",
        "D": "dials",
        "E": "echo",
        "H": "hangs up",
        "I": "who the modem is",
        "L": "loudspeaker volume",
        "M": "loudspeaker",
        "O": "back to the data",
        "Q": "result codes on or off",
        "V": "result codes in words or digits",
        "X": "which tones are heeded",
        "Z": "resets to the stored settings",
        "&C": "carrier line (DCD)",
        "&D": "what the end of DTR does",
        "&F": "factory settings",
        "&K": "flow control",
        "&V": "the settings in force",
        "&W": "stores the settings",
        "+FCLASS": "class: data, fax or voice",
        "+GMI": "maker",
        "+GMM": "model",
        "+GMR": "firmware",
        "+GSN": "serial number",
        "+ICF": "frame of a character",
        "+IFC": "flow control",
        "+IPR": "baud rate",
        "+VCID": "caller ID",
        "+VTS": "tones into the call",
    ]

    /// 27.007 and 27.005.
    private static let standard: [String: String] = [
        "+CBC": "battery or supply",
        "+CCLK": "clock",
        "+CCWA": "call waiting",
        "+CCFC": "call forwarding",
        "+CEER": "why the last call ended",
        "+CEREG": "LTE registration",
        "+CFUN": "how much of the modem is on",
        "+CGATT": "packet service",
        "+CGDCONT": "packet context",
        "+CGMI": "maker",
        "+CGMM": "model",
        "+CGMR": "firmware",
        "+CGREG": "packet registration",
        "+CGSN": "serial number (IMEI)",
        "+CHLD": "hold, retrieve or release calls",
        "+CHUP": "hangs up",
        "+CIEV": "an indicator changed",
        "+CIMI": "the SIM's identity (IMSI)",
        "+CIND": "indicators",
        "+CLAC": "all commands",
        "+CLCC": "list of calls",
        "+CLCK": "locks and call barring",
        "+CLIP": "the caller's number",
        "+CLIR": "hiding one's own number",
        "+CLVL": "volume",
        "+CMEE": "errors in words or numbers",
        "+CMGF": "form of messages",
        "+CMGL": "list of messages",
        "+CMGR": "one message",
        "+CMGS": "sends a message",
        "+CMTI": "a message came",
        "+CMUT": "microphone mute",
        "+CNMI": "how messages are reported",
        "+CNUM": "the SIM's own number",
        "+COLP": "the called number",
        "+COPS": "operator",
        "+CPAS": "what the modem is doing",
        "+CPIN": "the SIM's PIN",
        "+CPWD": "password",
        "+CR": "kind of the connection, told",
        "+CRC": "kind of ring, told",
        "+CREG": "network registration",
        "+CRSM": "the SIM's files",
        "+CSCA": "message centre",
        "+CSCS": "character set",
        "+CSQ": "signal",
        "+CSSN": "supplementary services, told",
        "+CTZU": "clock by the network",
        "+CUSD": "service codes",
        "+CVHU": "whether ATH ends a voice call",
        "+CLTS": "time of the network",
    ]

    private static let makers: [String: String] = [
        "^CARDLOCK": "lock to one operator",
        "^CURC": "unasked lines",
        "^CVOICE": "voice calls",
        "^DDSETEX": "port of the sound",
        "^DSCI": "call states",
        "^HCSQ": "signal",
        "^ICCID": "the SIM's number",
        "^MODE": "radio network, told",
        "^PORTSEL": "port of the unasked lines",
        "^RSSI": "signal, told",
        "^SLCC": "list of calls",
        "^SYSCFG": "radio networks",
        "^SYSINFO": "network and SIM",
        "*ECAM": "call states",
        "*ECAV": "call states",
        "#CPI": "call states",
        "#ECAM": "call states",
        "+ICCID": "the SIM's number",
        "+MORING": "when the other side rings",
        "+QCCID": "the SIM's number",
        "+QCFG": "settings of Quectel's",
        "+QENG": "cell",
        "+QIND": "unasked lines",
        "+QINDCFG": "unasked lines",
        "+QNWINFO": "radio network",
        "+QPCMV": "sound over USB",
        "+SIMEI": "serial number (IMEI)",
        "+UCALLSTAT": "call states",
        "+WIND": "unasked lines",
        "+XCALLSTAT": "call states",
        "+ZCPCMREG": "sound over USB",
    ]
}
