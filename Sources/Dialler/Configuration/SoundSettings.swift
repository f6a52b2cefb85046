import Basics

extension Configuration {
    /// Where the operator hears and speaks: for the program that carries the sound of the line's calls.
    package struct Sound: Equatable, Sendable {
        /// Of the playback delay, in milliseconds.
        static let delays = 20...500
        /// In dB.
        static let gains = -40...40

        /// The tty on which the modem carries sound (SOUND_PORT); nil where none is named.
        package var port: String?
        /// The ALSA device on which the operator hears (SOUND_OUTPUT).
        package var output = "default"
        /// The ALSA device into which the operator speaks (SOUND_INPUT).
        package var input = "default"
        /// Sound kept ready for the loudspeaker, in milliseconds, 20...500 (SOUND_DELAY_MS).
        package var delay = 60
        /// Of what the operator hears, in dB, -40...40 (SOUND_GAIN_OUT).
        package var gainOut = 0
        /// Of what the remote party hears, in dB, -40...40 (SOUND_GAIN_IN).
        package var gainIn = 0
    }

    /// Where the operator hears and speaks, whatever else is wrong with the configuration.
    ///
    /// - Throws: what is wrong with the file or with a value.
    package static func sound(_ sources: ConfigurationSources) throws(ConfigurationProblem) -> Sound {
        var problems: [ConfigurationProblem] = []
        let texts = readTexts(sources, problems: &problems)
        var loader = ConfigurationLoader(texts: texts, credentials: nil, isFileUnread: false)
        let sound = loader.sound()
        let wrong = problems.filter(\.isAboutWholeFile) + loader.problems
        if let first = wrong.first { throw first }
        return sound
    }
}

extension ConfigurationLoader {
    mutating func sound() -> Configuration.Sound {
        var sound = Configuration.Sound()
        set(&sound.port, .soundPort, ConfigurationValues.path)
        set(&sound.output, .soundOutput, ConfigurationValues.soundDevice)
        set(&sound.input, .soundInput, ConfigurationValues.soundDevice)
        set(&sound.delay, .soundDelay, ConfigurationValues.soundDelay)
        set(&sound.gainOut, .soundGainOut, ConfigurationValues.gain)
        set(&sound.gainIn, .soundGainIn, ConfigurationValues.gain)
        return sound
    }
}

extension ConfigurationValues {
    /// A device node's whole path.
    static func path(_ text: String) throws(InvalidValue) -> String {
        guard text.hasPrefix("/") else { throw InvalidValue("\(quoted(text)) is not an absolute path") }
        return text
    }

    /// A name that ALSA knows: `default`, `plughw:CARD=Headset,DEV=0`.
    static func soundDevice(_ text: String) throws(InvalidValue) -> String {
        guard (1...200).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("\(quoted(text)) is not a sound device's name: aplay -L lists them")
        }
        return text
    }

    static func soundDelay(_ text: String) throws(InvalidValue) -> Int {
        try number(text, in: Configuration.Sound.delays)
    }

    /// Decibels with or without their sign.
    static func gain(_ text: String) throws(InvalidValue) -> Int {
        let range = Configuration.Sound.gains
        if let number = Int(text), range.contains(number) { return number }
        throw InvalidValue("\(quoted(text)) is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
}
