import Basics

/// What others may see of a configuration file: its known keys, without what is or may be a secret.
package enum ConfigurationExcerpt {
    private static let notShown = "(not shown)"

    /// The assignments as they would be written, by their lines; comments and lines without a meaning are left out.
    /// - Throws: why the file cannot be read.
    package static func text(of path: String) throws(ConfigurationProblem) -> String {
        let file = try read(path)
        let lines = file.entries.map { "\($0.line): \($0.isPerhapsSecret ? notShown : "\($0.key)=\(shown($0))")" }
        let faults = file.faults.map { "\($0.line): \(notShown): it means nothing" }
        return (lines + faults).joined(separator: "\n")
    }

    /// What a text must not show because the file, or a file that it names, has it for a secret: the API key, and what
    /// stands where no reader looks for it.
    package static func secrets(in sources: ConfigurationSources) -> [String] {
        let file = sources.file.flatMap { try? read($0) }
        let entries = file?.entries ?? []
        let misplaced = entries.filter { shown($0) == notShown }.map(\.value)
        let named = entries.filter { $0.key == ConfigurationKey.patriotAPIKeyFile.rawValue }.map(\.value)
        let keys = ([sources.credentials?["api-key"]].compactMap { $0 } + named).compactMap { path in
            try? SecretFile.copy(of: path).text
        }
        // Shorter ones are words like any other.
        return (misplaced + keys).filter { $0.count >= 4 }
    }

    private static func shown(_ entry: ConfigurationFile.Entry) -> String {
        guard let key = ConfigurationKey(rawValue: entry.key) else { return notShown }
        switch key {
        case .patriotAPIKeyFile, .simPINFile:
            // A secret is easily put where the name of its file should be.
            return entry.value.hasPrefix("/") || entry.value.isEmpty ? visible(entry.value) : notShown
        case .modemInit, .modemInitExtra, .modemBeforeDial, .modemHangUp:
            let mask = NumberMask(.masked)
            return entry.value.split(separator: "|", omittingEmptySubsequences: false)
                .map { visible(mask.masked(String($0), as: .atLine)) }.joined(separator: "|")
        case .patriotHost, .patriotPort, .patriotPath, .patriotAddress, .patriotCAFile, .patriotPins,
            .patriotListen, .patriotTLSCertificateFile, .patriotTLSKeyFile, .modemDevice, .modemProfile, .modemBaudRate,
            .modemDialMode, .modemOKPolicy, .modemPolling, .sound, .soundPort, .soundOutput, .soundInput, .soundDelay,
            .soundGainOut, .soundGainIn, .dialPrefix, .dialCountryCode,
            .dialTrunkPrefix, .dialInternationalPrefix, .dialAllowMMI, .dialDuringCall, .dialHandoverSeconds, .incoming,
            .stateDirectory, .recordNumbers, .recordRetentionMonths, .runtimeDirectory, .logLevel, .logNumbers:
            return visible(entry.value)
        }
    }

    private static func read(_ path: String) throws(ConfigurationProblem) -> ConfigurationFile {
        do throws(FileReadingError) {
            return ConfigurationFile(parsing: try SmallFile.read(path, limit: 65_536).bytes)
        } catch {
            throw ConfigurationProblem(.error, .file(path, line: nil), key: nil, "the configuration file \(error)")
        }
    }
}
