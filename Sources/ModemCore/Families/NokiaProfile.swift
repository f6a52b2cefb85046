extension ModemProfile {
    /// Nokia's telephones and cards report nothing: the list of calls is all there is, and it may be asked for at any time.
    package static let nokia = family(
        name: "nokia",
        identification: Identification(makers: ["nokia"]),
        callList: CallListPolicy(setupInterval: .milliseconds(500), activeInterval: .seconds(1), absencesToEnd: 2),
        reports: [],
        resetBanners: ["RDY"],
        endTrailer: nil
    )
}
