import Dialler
import ModemCore

/// Something the console shows.
struct ConsoleEvent: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        /// A line to the modem.
        case sent(String)
        /// A line from the modem, and the control characters that ended it, as far as they are known.
        case received(String, end: String)
        /// What came from the modem and was followed by silence instead of a line end, a prompt for one.
        case fragment(String)
        /// What a person should know.
        case note(String)
        /// What a person should notice.
        case warning(String)
    }

    /// Of the wall clock, in microseconds since 1970.
    var time: Int
    var content: Content

    init(_ content: Content, time: Int = WallClockTime.microseconds()) {
        self.time = time
        self.content = content
    }
}

/// Where the console's lines come from and go to: a running line, or the modem's port itself.
///
/// Its events are already masked as the log is. It never waits longer than a moment.
protocol ConsoleSource: AnyObject {
    /// For the prompt: whose lines these are, and in which state.
    var prompt: String { get }
    /// What the modem is taken for.
    var profile: ModemProfile? { get }
    /// For poll(2); nil while there is nothing to wait for.
    var descriptor: CInt? { get }
    /// When `tick` wants to be called.
    var nextTick: ContinuousClock.Instant? { get }
    /// The descriptor has something to read.
    func receive() -> [ConsoleEvent]
    func tick() -> [ConsoleEvent]
    /// A person types something for the modem.
    func typingBegan() -> [ConsoleEvent]
    func send(_ line: String) -> [ConsoleEvent]
    /// An order to the console that this source performs; nil when it is not.
    func perform(_ order: ConsoleOrder) -> [ConsoleEvent]?
}
