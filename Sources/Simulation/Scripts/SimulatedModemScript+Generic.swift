extension SimulatedModemScript {
    /// Keeps to 27.007: progress in +CLCC only, and NO CARRIER at a remote end.
    static let genericGSM = Self()

    /// A telephone of the S60 kind: nothing is told, all has to be asked for.
    static let nokia = Self(
        manufacturer: "Nokia",
        model: "S60",
        unknownCommands: ["+CVHU"],
        banner: [],
        reports: { _, _ in [] }
    )
}
