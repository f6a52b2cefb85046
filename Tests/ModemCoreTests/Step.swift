import ModemCore
import Testing

/// One line of a transcript.
enum Step: Sendable {
    case dial(String)
    case hangUp
    case answer
    case unplug
    case plug
    /// Bytes from the modem.
    case modem(String)
    /// What the modem answers, from here on, to each command of this text; empty for silence.
    case replies(String, String)
    case wait(Duration)
    /// The next line we wrote.
    case wrote(String)
    /// Nothing more was written.
    case wroteNothing
}

/// How the modem's bytes are cut into reads.
enum Feeding: Equatable, Sendable {
    /// A read for each of the modem's blocks.
    case whole
    /// Blocks that follow each other without a pause in one read.
    case glued
    /// A read for each byte.
    case bytewise
    /// Like `whole`, with one more cut before this byte of the transcript.
    case cut(Int)
    /// Cuts before this byte of the transcript and each eighth after it.
    case strided(Int)

    /// Every byte of a long dialogue is cut before in one of these, at a cost that does not grow with its length.
    static let stride = 8
    static let everyByte = (0..<stride).map { Feeding.strided($0) }
}

/// What a transcript led to.
struct Outcome: Equatable {
    var calls: [Call] = []
    var refusals: [DialRefusal] = []
    var notes: [ModemNote] = []
    var sent: [String] = []
    /// What DTR was set to.
    var isDTROn: [Bool] = []
    var received: [String] = []
    var replies: [ATReply] = []
    var reopenings = 0
    var readiness: [ModemReadiness] = []

    var states: [CallState] { calls.map(\.state) }
    /// The calls' ends.
    var causes: [ReleaseCause] {
        calls.compactMap { if case .released(let cause) = $0.state { cause } else { nil } }
    }
}

/// Plays the transcript in every cut and demands the same outcome each time.
func outcome(
    _ profile: ModemProfile,
    options: ModemOptions = ModemOptions(),
    _ steps: [Step],
    sourceLocation: SourceLocation = #_sourceLocation
) -> Outcome {
    // The many plays are spared the setup commands, which no transcript is about.
    var options = options
    options.initOverride = ["+CMEE=1"]
    return inEveryCut(sourceLocation: sourceLocation) { feeding in
        let bench = Bench(profile, options: options, sourceLocation: sourceLocation)
        bench.becomeReady()
        bench.begin(feeding)
        bench.play(steps)
        return bench
    }
}

/// Each place in the first 300 bytes, then 60 more: what comes later repeats answers to the poll.
private func cuts(in count: Int) -> [Int] {
    let all = Array(1..<max(count, 2))
    let rest = all.dropFirst(300)
    return all.prefix(300) + stride(from: rest.startIndex, to: rest.endIndex, by: rest.count / 60 + 1).map { rest[$0] }
}

/// Plays a scene on a new bench forevery cut of the modem's bytes, and demands the same outcome each time.
func inEveryCut(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ play: (Feeding) -> Bench
) -> Outcome {
    let bench = play(.whole)
    let whole = bench.outcome
    guard !bench.hasFailed else { return whole }
    for feeding in [.glued, .bytewise] + cuts(in: bench.bytesFed).map({ Feeding.cut($0) }) {
        let other = play(feeding)
        #expect(other.outcome == whole, "fed \(feeding)", sourceLocation: sourceLocation)
        guard other.outcome == whole, !other.hasFailed else { break }
    }
    return whole
}
