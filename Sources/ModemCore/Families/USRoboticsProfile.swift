extension ModemProfile {
    /// U.S. Robotics' analog modems: `#CID` for the caller ID, and a dial tone that is waited for.
    package static let usRobotics: Self = {
        var profile = analog
        profile.name = "usrobotics"
        profile.identification = Identification(makers: ["u.s. robotics", "usrobotics", "us robotics"])
        profile.setup = [
            ATCommand("ATE0"),
            ATCommand("ATV1"),
            ATCommand("ATQ0"),
            ATCommand("ATX4"),
            ATCommand("AT&D0"),
            ATCommand("ATS0=0"),
            ATCommand("AT+FCLASS=0"),
            ATCommand("AT#CID=1"),
        ]
        return profile
    }()
}
