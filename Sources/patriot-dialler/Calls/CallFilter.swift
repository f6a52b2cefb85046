import ArgumentParser
import Basics
import Dialler
import ModemCore

/// Which calls are wanted.
struct CallFilter: ParsableArguments {
    @Option(help: "From when on: 2026-11-23, 2026-11-23T14:00 (local time), or how long ago: 30m, 2h, 3d, 2w.")
    var since: Since?

    @Option(help: "Until when, as --since; a date alone includes that day.")
    var until: Since?

    @Flag(help: "Only the calls of today.")
    var today = false

    @Option(name: [.customShort("n"), .customLong("last")], help: "Only the last so many of them.")
    var last: Int?

    @Option(help: "Only calls in this direction: in or out.")
    var direction: Direction?

    @Option(help: "Digits that the number holds, such as its end.")
    var number: String?

    @Option(
        help: "A result, such as busy, refused, open, or answered for all calls that were. May be given several times.",
        completion: ValueCompletion.result
    )
    var result: [String] = []

    /// As the table has it.
    enum Direction: String, ExpressibleByArgument {
        case `in`, out
    }

    /// Which calls are meant, by their beginning.
    struct Period {
        var since: WallClockTime?
        /// Not included.
        var until: WallClockTime?

        func contains(_ time: WallClockTime) -> Bool {
            (since.map { time >= $0 } ?? true) && (until.map { time < $0 } ?? true)
        }
    }

    func validate() throws {
        if today, since != nil || until != nil {
            throw ValidationError("--today is a period of its own: leave out --since and --until.")
        }
        if let last, last < 1 { throw ValidationError("-n takes a number of calls, 1 or more.") }
        for word in result where !Self.isKnown(word) {
            throw ValidationError(
                "Unknown result \(visible(word)). Results: \(Self.results.joined(separator: ", ")); network-N and cme-error-N."
            )
        }
        if let number, Self.digits(number).isEmpty {
            throw ValidationError("--number takes digits of a phone number: \(visible(number)) has none.")
        }
    }

    /// What `--result` takes, besides the results that end with a number.
    static let results = (["answered", "open", CallRecord.refusedResult] + ReleaseCause.names).sorted()

    private static func isKnown(_ word: String) -> Bool {
        if results.contains(where: { $0 == word || $0.hasPrefix(word + "-") }) { return true }
        return ReleaseCause.numberedNames.contains { name in
            word == name || (word.hasPrefix(name + "-") && Int(word.dropFirst(name.count + 1)) != nil)
        }
    }

    func period(now: WallClockTime) -> Period {
        guard !today else {
            let day = now.local
            return Period(since: WallClockTime(localYear: day.year, month: day.month, day: day.day))
        }
        return Period(since: since?.start(before: now), until: until?.end(before: now))
    }

    func admits(_ call: RecordedCall, in period: Period) -> Bool {
        guard period.contains(call.time) else { return false }
        if let direction, direction.rawValue != CallListing(call).direction { return false }
        if let number {
            let wanted = Self.digits(number)
            let numbers = [call.subject.number, call.subject.dialled].compactMap { $0 }
            guard numbers.contains(where: { Self.digits($0).contains(wanted) }) else { return false }
        }
        return result.isEmpty || result.contains { admits($0, call) }
    }

    /// `network` is all results that begin with it, `network-99` that one.
    private func admits(_ result: String, _ call: RecordedCall) -> Bool {
        let word = CallListing(call).result
        return word == result || word.hasPrefix(result + "-") || (result == "answered" && call.answer != nil)
    }

    private static func digits(_ text: String) -> String {
        text.filter { $0.isASCII && ($0.isNumber || $0 == "*" || $0 == "#") }
    }
}

/// A moment, or a time before now.
enum Since: ExpressibleByArgument, Equatable {
    /// From its midnight to the next one.
    case day(WallClockTime, end: WallClockTime)
    case moment(WallClockTime)
    case ago(seconds: Int)

    init?(argument: String) {
        if let seconds = Self.seconds(argument) {
            self = .ago(seconds: seconds)
        } else if let moment = Self.moment(argument) {
            self = moment
        } else {
            return nil
        }
    }

    /// As the beginning of a period.
    func start(before now: WallClockTime) -> WallClockTime {
        if case .day(let start, _) = self { start } else { end(before: now) }
    }

    /// As the end of a period, which does not belong to it.
    func end(before now: WallClockTime) -> WallClockTime {
        switch self {
        case .day(_, let end): end
        case .moment(let time): time
        case .ago(let seconds): WallClockTime(seconds: now.seconds - seconds, milliseconds: now.milliseconds)
        }
    }

    private static func seconds(_ text: String) -> Int? {
        guard let count = Int(text.dropLast()), (0...100_000).contains(count), text.utf8.first != UInt8(ascii: "+")
        else {
            return nil
        }
        switch text.last {
        case "m": return count * 60
        case "h": return count * 3600
        case "d": return count * 86_400
        case "w": return count * 604_800
        default: return nil
        }
    }

    /// `2026-11-23`, and after a `T` or a space perhaps `14:00`.
    private static func moment(_ text: String) -> Since? {
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        let date = numbers(halves[0], separator: "-", digits: [4, 2, 2])
        let clock = halves.count == 1 ? [0, 0] : numbers(halves[1], separator: ":", digits: [2, 2])
        guard let date, let clock, clock[0] < 24, clock[1] < 60 else { return nil }
        let time = WallClockTime(localYear: date[0], month: date[1], day: date[2], hour: clock[0], minute: clock[1])
        // 31 November is none.
        guard time.local.date == halves[0] else { return nil }
        guard halves.count == 1 else { return .moment(time) }
        return .day(time, end: WallClockTime(localYear: date[0], month: date[1], day: date[2] + 1))
    }

    private static func numbers(_ text: Substring, separator: Character, digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == digits else { return nil }
        let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
        return numbers.count == digits.count ? numbers : nil
    }
}
