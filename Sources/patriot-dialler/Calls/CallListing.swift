import Basics
import Dialler
import ModemCore
import PatriotCore

/// What `calls` shows of a call, for a person and for a program.
struct CallListing {
    let call: RecordedCall

    init(_ call: RecordedCall) {
        self.call = call
    }

    /// One word.
    var result: String { call.ending?.result ?? "open" }

    /// The local time, to the second.
    var time: String { Self.local(call.time) }

    /// `2026-11-23 06:15:13`, by the machine's time zone.
    private static func local(_ time: WallClockTime) -> String {
        let local = time.local
        return "\(local.date) \(local.clock)"
    }

    var direction: String {
        switch call.subject.direction {
        case .outbound: "out"
        case .inbound: "in"
        }
    }

    /// What a peer sent may hold anything.
    var number: String { visible(call.subject.number ?? "unknown") }

    var duration: String { call.ending?.duration.map(Self.clock) ?? "" }

    var talked: String { call.ending?.answered.map(Self.clock) ?? "" }

    /// `1:05`, `2:00:00`
    static func clock(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }

    /// One object; the names of its members are a promise, and those of the records.
    var json: JSONText {
        .object([
            ("id", .string(call.subject.id)),
            ("line", .string(call.subject.line)),
            ("direction", .string(CallRecord.word(for: call.subject.direction))),
            ("number", JSONText(call.subject.number)),
            ("dialled", JSONText(call.subject.dialled)),
            ("requestedBy", .string(call.subject.requestedBy.rawValue)),
            ("adopted", .bool(call.isAdopted)),
            ("start", JSONText(call.start?.text)),
            ("answered", JSONText(call.answer?.text)),
            ("end", JSONText(call.end?.text)),
            ("result", .string(result)),
            ("reason", JSONText(call.ending?.reason)),
            ("seconds", call.ending?.duration.map { .seconds($0) } ?? .null),
            ("answeredSeconds", call.ending?.answered.map { .seconds($0) } ?? .null),
        ])
    }

    // MARK: Comma-separated values

    static let csvHeading =
        "id,line,direction,number,dialled,requestedBy,adopted,start,answered,end,result,reason,seconds,answeredSeconds"

    /// One line, its members in the order of the heading: those of the JSON object, except for times, which are local.
    var csv: String {
        guard case .object(let members) = json else { return "" }
        let times = ["start": call.start, "answered": call.answer, "end": call.end]
        return members.map { name, value in
            if let time = times[name] { return time.map(Self.local) ?? "" }
            if ["number", "dialled"].contains(name), case .string(let number) = value {
                return csvCell(number: number)
            }
            return Self.csv(value)
        }.joined(separator: ",")
    }

    private static func csv(_ value: JSONText) -> String {
        switch value {
        case .null: ""
        case .string(let text): csvCell(text)
        case .bool, .number, .seconds, .array, .object: value.description
        }
    }
}
