/// The makers whose dial has no result code before the call is answered. Any character written until then ends it.
extension SimulatedModemScript {
    /// Wavecom: +WIND, and OK is the answer. Lines have no end before them.
    static let sierra = Self(
        manufacturer: "WAVECOM MODEM",
        model: "MULTIBAND  900E  1800",
        dialResult: .whenAnswered,
        settings: ["+WIND"],
        unknownCommands: ["+CVHU"],
        banner: ["+WIND: 3", "+WIND: 4"],
        reports: { progress, context in
            let isWind = context.isOn("+WIND")
            func wind(_ text: String) -> [SimulatedLine] { isWind ? [.raw("+WIND: \(text)\r\n")] : [] }
            switch progress {
            case .originated: return wind("5,\(context.id)")
            case .alerting: return wind("2")
            case .answered: return wind("9")
            case .ringing: return []
            case .ended: return context.standardEnd(of: progress) + wind("6,\(context.id)")
            }
        }
    )

    /// ZTE sticks and Qualcomm M6280: CONNECT is the answer, OK the failure, HANGUP the end.
    static let zte = Self(
        manufacturer: "ZTE INCORPORATED",
        model: "K3565-Z",
        dialResult: .connect,
        answers: ["+CVHU=0": ["+CVHU: (0-1)"]],
        banner: [],
        noise: ["+ZUSIMR:2", "+ZPASR: \"UMTS\"", "+ZDONR: \"SIM\",232,5,\"CS_ONLY\",\"ROAM_OFF\""],
        reports: { progress, context in
            switch progress {
            case .originated, .alerting, .answered, .ringing: []
            case .ended: context.wasAnswered || !context.isOutbound ? [.raw("HANGUP: 1\r\n")] : []
            }
        }
    )

    /// ZTE's later sticks: OK at once, and the list of calls tells the rest.
    static let zteMF = Self(
        manufacturer: "ZTE CORPORATION",
        model: "MF192",
        banner: [],
        noise: ["+ZUSIMR:2", "+ZPASR: \"UMTS\"", "+ZDONR: \"SIM\",232,5,\"CS_ONLY\",\"ROAM_OFF\""]
    )
}
