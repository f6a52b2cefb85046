package import ModemCore
package import SerialDevice

extension ModemDriver {
    /// Which modem, and how it is spoken to.
    package struct Configuration: Sendable {
        /// Which modem: resolved again at each try, so one that returns under another node is found.
        package var selector: ModemSelector
        /// Speed and flow control of its port.
        package var lineSettings: LineSettings
        /// `nil`: by what the modem is on the USB, and then by what it answers to the questions who it is.
        package var profile: ModemProfile?
        /// What the site sets beside the profile.
        package var options: ModemOptions
        /// After how long a port that could not be opened is tried again, if udev does not tell of it before. Short enough
        /// that a replugged modem is not waited for, long enough to cost nothing.
        package var retryInterval: Duration = .seconds(1)

        package init(
            selector: ModemSelector,
            lineSettings: LineSettings = LineSettings(),
            profile: ModemProfile? = nil,
            options: ModemOptions = ModemOptions()
        ) {
            self.selector = selector
            self.lineSettings = lineSettings
            self.profile = profile
            self.options = options
        }
    }
}
