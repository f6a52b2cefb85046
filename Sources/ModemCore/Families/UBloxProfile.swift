extension ModemProfile {
    /// u-blox's modules (LISA, SARA, TOBY, LARA): +UCALLSTAT. Lines arrive cut off on some boards, so that one list of calls
    /// without the call proves little.
    package static let ublox = family(
        name: "ublox",
        identification: Identification(makers: ["u-blox"]),
        setup: [.set("+UCALLSTAT", "1")],
        callList: CallListPolicy(setupInterval: .seconds(1), activeInterval: .seconds(2), absencesToEnd: 3),
        // On some (TOBY-L4) +CHUP ends answered calls only.
        hangUp: [.command("ATH"), .command("AT+CHUP"), .releaseByID, .dropDTR, .command("AT+CFUN=1,1")],
        reports: [.ublox],
        noise: ["+UUDTMFD:"],
        // None is known: a start shows by +CPIN: READY, or by the port's going away.
        resetBanners: [],
        explainsFailures: true,
        // Manual: u-blox Cellular Modules AT Commands Manual, UBX-13002752.
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                ["+UPINCNT", "+UGCNTRD", "+ULSTFILE", "+UCELLINFO", "+UCGED", "+USIMSTAT"]
            ),
            ATCommandRule(.harmless, .set, ["+UDOPN", "+UPSND", "+UIPADDR", "+ULSTFILE"]),
            ATCommandRule(.changesNetwork, .upTo(2), ["+UPSD"]),
            ATCommandRule(
                .takesSecret,
                .set,
                [
                    "+UAUTHREQ", "+USECMNG", "+UFTP", "+USMTP", "+UHTTP", "+UMQTT", "+UPSD",
                ]
            ),
            ATCommandRule(.movesCall, .any, ["+UECALLTYPE", "+UECALLDATA"]),
            ATCommandRule(.sendsTones, .any, ["+UTGN"]),
            ATCommandRule(.prompts, .any, ["+UDWNFILE", "+USOWR", "+USOST", "+USODL"]),
            ATCommandRule(
                .switchesModem,
                .any,
                ["+UPSV", "+UFACTORY", "+UFWUPD", "+UFWINSTALL", "+UTEST", "+UPSMR", "+UUSBCONF"]
            ),
            ATCommandRule(.ownedBySetup, .any, ["+UCALLSTAT", "+UDTMFD", "+USIO", "+UREG"]),
            ATCommandRule(
                .changesSound,
                .any,
                [
                    "+USPM", "+UI2S", "+UPLAYFILE", "+USTOPFILE", "+UPAR", "+URNG", "+UMSEL", "+UMGC", "+USGC", "+UUBF",
                    "+UDBF", "+UHFP", "+USTN", "+UMCLK",
                ]
            ),
            ATCommandRule(
                .changesNetwork,
                .any,
                [
                    "+URAT", "+UBANDSEL", "+UBANDMASK", "+UACT", "+UMNOPROF", "+UPSDA", "+UCGOPS",
                ]
            ),
            ATCommandRule(
                .changesMemory,
                .any,
                [
                    "+UDELFILE", "+UGPIOC", "+UGPIOW", "+UBMCONF", "+UDCONF",
                ]
            ),
        ]
    )
}
