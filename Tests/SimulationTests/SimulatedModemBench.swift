@testable import Simulation

/// A simulated modem in virtual time: type, wait, read.
struct SimulatedModemBench {
    private(set) var machine: SimulatedModemMachine
    private(set) var now = ContinuousClock.now
    private(set) var events: [SimulatedModemEvent] = []
    private(set) var actions: [SimulatedModemMachine.Action] = []
    private var unread: [UInt8] = []

    init(_ profile: SimulatedProfile, _ change: (inout SimulatedModemOptions) -> Void = { _ in }) {
        var options = SimulatedModemOptions()
        options.echo = false
        change(&options)
        machine = SimulatedModemMachine(profile: profile, options: options)
    }

    var call: SimulatedCall? { machine.call }
    var aborts: Int {
        events.count {
            if case .dialAborted = $0 { true } else { false }
        }
    }

    /// Sends bytes, without waiting.
    mutating func type(_ text: String) {
        collect(machine.bytesReceived(Array(text.utf8), now: now))
    }

    mutating func perform(_ action: RemoteAction) {
        collect(machine.perform(action, now: now))
    }

    /// Lets that time pass, stopping at each deadline on the way.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = machine.nextDeadline, deadline <= end {
            now = max(now, deadline)
            collect(machine.deadlineReached(now: now))
        }
        now = end
    }

    /// All bytes since the last reading, with visible line ends: `|` for CR LF.
    mutating func read() -> String {
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            .joined(separator: "|")
    }

    /// The lines since the last reading.
    mutating func lines() -> [String] {
        read().split(separator: "|").map(String.init)
    }

    /// Sends a command line and reads what comes within a second.
    mutating func command(_ line: String) -> [String] {
        _ = read()
        type(line + "\r")
        wait(.seconds(1))
        return lines()
    }

    private mutating func collect(_ new: [SimulatedModemMachine.Action]) {
        actions += new
        for action in new {
            switch action {
            case .write(let bytes): unread += bytes
            case .event(let event): events.append(event)
            case .unplug, .replug: break
            }
        }
    }
}
