import FoundationEssentials
package import ModemCore
package import PatriotCore

extension CallRecord {
    /// The most bytes of one record, line end included: what a peer made long is cut.
    package static let lineLimit = 4096
    /// The most letters of a number or a name; every letter may take six bytes.
    private static let nameLimit = 64
    private static let sentenceLimit = 400

    /// The record as one object of JSON, without line end. The names of the members are a promise.
    package var json: JSONText {
        .object(subjectMembers + eventMembers)
    }

    private var subjectMembers: [(String, JSONText)] {
        var members: [(String, JSONText)] = [
            ("id", .string(subject.id)), ("event", .string(kind.rawValue)), ("time", .string(time.text)),
            ("line", Self.text(subject.line, limit: Self.nameLimit)),
            ("direction", .string(Self.word(for: subject.direction))),
        ]
        if let number = subject.number { members.append(("number", Self.text(number, limit: Self.nameLimit))) }
        if let dialled = subject.dialled { members.append(("dialled", Self.text(dialled, limit: Self.nameLimit))) }
        return members + [("requestedBy", .string(subject.requestedBy.rawValue))]
    }

    private var eventMembers: [(String, JSONText)] {
        switch event {
        case .start(let isAdopted): return isAdopted ? [("adopted", .bool(true))] : []
        case .answered: return []
        case .refused(let reason):
            return [("result", .string(Self.refusedResult)), ("reason", Self.text(reason, limit: Self.sentenceLimit))]
        case .end(let ending):
            var members: [(String, JSONText)] = [
                ("result", .string(ending.result)), ("reason", Self.text(ending.reason, limit: Self.sentenceLimit)),
            ]
            if let duration = ending.duration { members.append(("seconds", .seconds(duration))) }
            if let answered = ending.answered { members.append(("answeredSeconds", .seconds(answered))) }
            return members
        }
    }

    private static func text(_ text: String, limit: Int) -> JSONText {
        let isShort = text.utf8.count <= limit || text.unicodeScalars.count <= limit
        return .string(isShort ? text : String(text.unicodeScalars.prefix(limit)) + "…")
    }

    /// The word in records and tables.
    package static func word(for direction: CallDirection) -> String {
        switch direction {
        case .outbound: "outbound"
        case .inbound: "inbound"
        }
    }

    fileprivate enum Kind: String, Decodable {
        case start, answered, end, refused
    }

    private var kind: Kind {
        switch event {
        case .start: .start
        case .answered: .answered
        case .end: .end
        case .refused: .refused
        }
    }
}

extension CallRecord {
    /// Reads one line, with or without its line end.
    /// - Returns: nil for a line that is torn or is no record.
    package init?(line: some Collection<UInt8>) {
        // Nothing else is worth a decoder, and a NUL would make it guess UTF-16.
        guard line.first == UInt8(ascii: "{"), line.count <= Self.lineLimit, !line.contains(0),
            let wire = try? JSONDecoder().decode(WireRecord.self, from: Data(line)), let record = wire.record
        else { return nil }
        self = record
    }
}

/// The members as they stand in the file. Those of other versions are passed over.
private struct WireRecord: Decodable {
    let id: String
    let event: CallRecord.Kind
    let time: String
    let line: String
    let direction: String
    let number: String?
    let dialled: String?
    let requestedBy: String?
    let adopted: Bool?
    let result: String?
    let reason: String?
    let seconds: Double?
    let answeredSeconds: Double?

    /// nil when a member holds what it cannot.
    var record: CallRecord? {
        guard let time = WallClockTime(time), direction == "outbound" || direction == "inbound" else { return nil }
        let subject = CallRecord.Subject(
            id: id,
            line: line,
            direction: direction == "outbound" ? .outbound : .inbound,
            number: number,
            dialled: dialled,
            requestedBy: requestedBy.flatMap(CallRecord.Requester.init) ?? .modem
        )
        guard let event = content else { return nil }
        return CallRecord(subject, event, at: time)
    }

    private var content: CallRecord.Event? {
        switch event {
        case .start: return .start(isAdopted: adopted ?? false)
        case .answered: return .answered
        case .refused: return .refused(reason: reason ?? "")
        case .end:
            guard let result else { return nil }
            let ending = CallRecord.Ending(
                result: result,
                reason: reason ?? "",
                duration: seconds.flatMap(duration),
                answered: answeredSeconds.flatMap(duration)
            )
            return .end(ending)
        }
    }

    /// nil for what no call lasts: a century is enough.
    private func duration(_ seconds: Double) -> Duration? {
        (0...3_200_000_000).contains(seconds) ? .milliseconds(Int64((seconds * 1000).rounded())) : nil
    }
}
