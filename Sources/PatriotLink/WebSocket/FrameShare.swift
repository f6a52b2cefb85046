import NIOCore

/// How much of the event loop one peer may have: so many frames a turn, and how long it may flood.
struct FrameShare {
    static let framesPerTurn = 16
    static let turn = TimeAmount.milliseconds(5)
    /// More frames a second than this, in each of so many seconds one after another, are a flood.
    static let rateLimit = 200
    static let floodSeconds = 10
    static let complaint = "more than 200 messages a second for 10 s"

    private var turnEnd = NIODeadline.uptimeNanoseconds(0)
    private var inTurn = 0
    private var secondEnd = NIODeadline.uptimeNanoseconds(0)
    private var inSecond = 0
    private var floodedSeconds = 0

    /// Whether the peer has flooded us for too long.
    var isFlooded: Bool { floodedSeconds >= Self.floodSeconds }

    /// Takes the next frame, if this turn has room for it.
    mutating func admit(now: NIODeadline) -> Bool {
        if now >= turnEnd {
            turnEnd = now + Self.turn
            inTurn = 0
        }
        guard inTurn < Self.framesPerTurn else { return false }
        inTurn += 1
        if now >= secondEnd {
            let isNext = now < secondEnd + .seconds(1)
            floodedSeconds = inSecond > Self.rateLimit && isNext ? floodedSeconds + 1 : 0
            secondEnd = now + .seconds(1)
            inSecond = 0
        }
        inSecond += 1
        return true
    }
}
