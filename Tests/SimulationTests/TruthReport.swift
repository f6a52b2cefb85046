/// What a truth run found out about one profile.
struct TruthReport: Sendable {
    /// A change of the line, and how long it took to be reported.
    enum Lag: String, CaseIterable, Sendable {
        /// Somebody calls.
        case begin
        case answer
        /// The other side, the network or the modem ended the call.
        case end
        /// The same after the call rang or was answered, where the modem loses the report of it.
        case lostEnd = "lost end"
        /// The same before it rang: most modems may not be asked then.
        case lostEarlyEnd = "lost early end"
        /// We hung up: until it is proven.
        case hangUp = "hang-up"
        /// The caller gave up: on most modems nothing tells but the ring that stays away.
        case ringEnd = "ring end"
        /// Reported as over while it is up.
        case falselyFree = "falsely free"
    }

    struct Key: Hashable, Sendable {
        var lag: Lag
        var isFaulted: Bool
    }

    var profile: String
    var calls = 0
    var faultedCalls = 0
    var endsNeverReported = 0
    var hangUpsNotVerified = 0
    var doubleEnds = 0
    var falseEnds = 0
    var falseAnswers = 0
    var forbiddenWrites = 0
    var callsNobodyAskedFor = 0
    var neverSettled = 0
    /// Ends reported as not proven, or with the modem lost: no lie, and no truth either.
    var givenUp = 0
    /// The first call that was not right.
    var firstFailure: Int?
    /// What was said in it, line by line.
    var failureHistory = ""
    /// The slowest report of each kind in a call without a fault.
    private(set) var slowest: [Lag: Duration] = [:]
    private var lags: [Key: [Duration]] = [:]

    init(profile: String) { self.profile = profile }

    /// All that must not happen even once.
    var failureCount: Int {
        endsNeverReported + hangUpsNotVerified + doubleEnds + falseEnds + falseAnswers + forbiddenWrites
            + callsNobodyAskedFor + neverSettled
    }

    /// - Returns: true when it is the slowest of its kind so far, without a fault to excuse it.
    @discardableResult
    mutating func record(_ lag: Lag, _ duration: Duration, isFaulted: Bool) -> Bool {
        lags[Key(lag: lag, isFaulted: isFaulted), default: []].append(duration)
        guard !isFaulted, duration > slowest[lag, default: .zero] else { return false }
        slowest[lag] = duration
        return true
    }

    func count(_ lag: Lag, isFaulted: Bool = false) -> Int {
        lags[Key(lag: lag, isFaulted: isFaulted)]?.count ?? 0
    }

    /// - Parameter fraction: 0.5 for the median, 1 for the longest.
    func percentile(_ fraction: Double, _ lag: Lag, isFaulted: Bool = false) -> Duration {
        let sorted = (lags[Key(lag: lag, isFaulted: isFaulted)] ?? []).sorted()
        guard !sorted.isEmpty else { return .zero }
        let rank = Int((fraction * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }

    /// For a person to read; lags in milliseconds.
    var table: String {
        var lines = [
            "\(profile): \(calls) calls, \(faultedCalls) of them with a fault",
            "  ends never reported \(endsNeverReported), hang-ups not verified \(hangUpsNotVerified), "
                + "double ends \(doubleEnds), false ends \(falseEnds), false answers \(falseAnswers), "
                + "forbidden writes \(forbiddenWrites), calls nobody asked for \(callsNobodyAskedFor), "
                + "never settled \(neverSettled), given up \(givenUp)",
        ]
        for isFaulted in [false, true] {
            for lag in Lag.allCases where count(lag, isFaulted: isFaulted) > 0 {
                let cells = [0.5, 0.99, 1].map {
                    Self.column(percentile($0, lag, isFaulted: isFaulted).milliseconds, width: 8)
                }
                let name = "\(lag.rawValue)\(isFaulted ? ", faulted" : "")"
                let padding = String(repeating: " ", count: max(0, 22 - name.utf8.count))
                lines.append(
                    "  \(name)\(padding)\(Self.column(count(lag, isFaulted: isFaulted), width: 7)) x"
                        + "   p50\(cells[0])   p99\(cells[1])   max\(cells[2])"
                )
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func column(_ number: some BinaryInteger, width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
