package import ModemCore

/// What the modem side tells the rest of the daemon, in the order in which it happened.
package enum ModemEvent: Equatable, Sendable {
    /// The one call changed; its end is one `.released`, exactly once.
    case callChanged(Call)
    /// A dial was not attempted; no call came of it.
    case dialRefused(DialRefusal)
    /// The modem can be dialled on now, or no longer can.
    case readinessChanged(ModemReadiness)
    /// An AT line left for the modem (without its terminator).
    case sent(String)
    /// A line came from the modem.
    case received(String)
}
