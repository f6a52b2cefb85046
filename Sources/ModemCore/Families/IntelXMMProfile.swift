extension ModemProfile {
    /// Modules on Intel's (once Infineon's) XMM platform: +XCALLSTAT.
    package static let intelXMM = family(
        name: "intel-xmm",
        identification: Identification(models: ["xmm"], makers: ["intel", "infineon"]),
        setup: [.set("+XCALLSTAT", "1")],
        reports: [.intelXMM],
        resetBanners: ["RDY"],
        commands: [
            ATCommandRule(.harmless, .bare, ["+XPINCNT", "+XGENDATA"]),
            ATCommandRule(.takesSecret, .set, ["+XGAUTH"]),
            ATCommandRule(.ownedBySetup, .any, ["+XCALLSTAT", "+XPROGRESS", "+XREG"]),
            ATCommandRule(.changesSound, .any, ["+XDRV"]),
            ATCommandRule(.changesNetwork, .any, ["+XRAT", "+XACT", "+XBANDSEL", "+XUBANDSEL", "+XDNS"]),
        ]
    )
}
