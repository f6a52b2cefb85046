extension ATCommandRule {
    /// V.250, V.253 and what the makers of analog modems added (Conexant, Agere, Rockwell, Silicon Labs, U.S. Robotics).
    static let analog: [Self] = [
        Self(.movesCall, .any, ["D", "A", "H", "O", "+VLS", "+VNH", "#VLS"]),
        // The modem would answer by itself from then on (V.250 6.3.8).
        Self(.harmless, .bare, ["S0"]),
        Self(.movesCall, .any, ["S0"]),
        Self(.sendsTones, .any, ["+VTS", "#VTS"]),
        // `AT**` waits for new firmware (Conexant CX930xx, Rockwell RCV336).
        Self(.switchesModem, .any, ["*"]),
        // Tone or pulse, echo, results, stored settings, DTR; the ends of lines (V.250 6.2.1 to 6.2.3).
        Self(.harmless, .bare, ["&V"]),
        Self(.ownedBySetup, .any, ["E", "Q", "V", "X", "Z", "T", "P", "&", "\\V", "\\Q", "\\J"]),
        Self(.harmless, .bare, ["S", "S2", "S3", "S4", "S5"]),
        Self(.ownedBySetup, .set, ["S2", "S3", "S4", "S5"]),
        Self(
            .ownedBySetup,
            .any,
            [
                "+FCLASS", "+IPR", "+ICF", "+IFC", "+ILRR", "+VCID", "#CID", "%CCID", "#CC", "*ID", "#CLS", "+VRID",
            ]
        ),
        Self(
            .prompts,
            .any,
            ["+VTX", "+VRX", "+VTR", "+VDX", "#VTX", "#VRX", "+FTH", "+FRH", "+FTM", "+FRM", "+FDT", "+FDR"]
        ),
        // How long it waits for tones and carriers, and how it sends digits.
        Self(
            .changesCalls,
            .set,
            ["S", "+VSD", "+VIT", "+VRA", "+VRN", "+VDR", "+VDT", "+VTD", "+GCI", "+PCW", "-STE"]
        ),
        Self(.changesSound, .any, ["+VGR", "+VGT", "+VGM", "+VGS", "+VSM", "+VIP", "#VSP", "#VSS", "#BDR", "#VBS"]),
        // Speaker, identity; compression, error correction and reports of data connections; lists of delayed numbers.
        Self(
            .harmless,
            .any,
            ["L", "M", "I", "W", "%C", "%E", "%L", "%Q", "-K", "\\N", "\\K", "\\S", "*B", "*D", "%B"]
        ),
        Self(
            .harmless,
            .bare,
            ["#MFR", "#MDL", "#REV", "#TL", "$", "+GMI", "+GMM", "+GMR", "+GSN", "+GCAP", "+FMI", "+FMM", "+FMR"]
        ),
        Self(.harmless, .any, ["+MR", "+ER", "+DR"]),
    ]
}
