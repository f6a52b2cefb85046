import ArgumentParser
import Basics
import Dialler

/// Which calls are wanted.
struct CallFilter: ParsableArguments {
    @Option(help: "From when on: 2026-11-23, 2026-11-23T14:00 (local time), or how long ago: 30m, 2h, 3d, 2w.")
    var since: Since?

    @Option(help: "Digits that the number holds, such as its end.")
    var number: String?

    @Option(
        help: "A result, such as busy, refused, open, or answered for all calls that were. May be given several times.",
        completion: ValueCompletion.result
    )
    var result: [String] = []

    func validate() throws {
        if let number, Self.digits(number).isEmpty {
            throw ValidationError("--number takes digits of a phone number: \(visible(number)) has none.")
        }
    }

    func admits(_ call: RecordedCall, since: WallClockTime?) -> Bool {
        if let since, call.time < since { return false }
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
    case moment(WallClockTime)
    case ago(seconds: Int)

    init?(argument: String) {
        if let seconds = Self.seconds(argument) {
            self = .ago(seconds: seconds)
        } else if let moment = Self.moment(argument) {
            self = .moment(moment)
        } else {
            return nil
        }
    }

    func time(before now: WallClockTime) -> WallClockTime {
        switch self {
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
    private static func moment(_ text: String) -> WallClockTime? {
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        let date = numbers(halves[0], separator: "-", digits: [4, 2, 2])
        let clock = halves.count == 1 ? [0, 0] : numbers(halves[1], separator: ":", digits: [2, 2])
        guard let date, let clock, clock[0] < 24, clock[1] < 60 else { return nil }
        let time = WallClockTime(localYear: date[0], month: date[1], day: date[2], hour: clock[0], minute: clock[1])
        // 31 November is none.
        return time.local.date == halves[0] ? time : nil
    }

    private static func numbers(_ text: Substring, separator: Character, digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == digits else { return nil }
        let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
        return numbers.count == digits.count ? numbers : nil
    }
}
