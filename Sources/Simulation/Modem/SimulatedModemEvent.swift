/// The ground truth of a simulated modem, in order.
package enum SimulatedModemEvent: Equatable, Sendable {
    /// A command line arrived, without its end.
    case received(String)
    /// A line left the modem; a multi-line text is one.
    case sent(String)
    /// The true state of the line; nil: free.
    case callChanged(SimulatedCall?)
    /// A character came while the modem dialled: that aborts the dial.
    case dialAborted(byte: UInt8)
    /// DTMF went out in a call.
    case tones(String)
    /// A supplementary service code reached the network.
    case serviceCode(String)
    case unplugged
    /// The device node now is this.
    case plugged(path: String)
    /// The modem listens again after power-on or a reset.
    case started
    /// The action had nothing to act on; a sentence why.
    case ignored(String)
}
