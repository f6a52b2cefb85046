extension ModemProfile {
    /// Nokia's telephones and cards report nothing: the list of calls is all there is, and it may be asked for at any time.
    package static let nokia: Self = {
        var profile = genericGSM
        profile.name = "nokia"
        profile.identification = Identification(makers: ["nokia"])
        profile.callList = CallListPolicy(
            setupInterval: .milliseconds(500),
            activeInterval: .seconds(1),
            absencesToEnd: 2
        )
        return profile
    }()
}
