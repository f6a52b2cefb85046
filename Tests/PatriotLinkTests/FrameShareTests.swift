import NIOCore
import Testing

@testable import PatriotLink

@Suite("How much of the loop a peer may have")
struct FrameShareTests {
    @Test func aTurnHasRoomForSixteenFrames() {
        var share = FrameShare()
        let admitted = (0..<20).count { _ in share.admit(now: .uptimeNanoseconds(1_000_000_000)) }
        #expect(admitted == 16)
        let next = share.admit(now: .uptimeNanoseconds(1_005_000_000))
        #expect(next)
    }

    @Test("Only ten seconds of a flood, one after another, are too much", arguments: [(201, true), (200, false)])
    func flood(_ rate: Int, _ isFlood: Bool) {
        var share = FrameShare()
        second(0..<10, rate, &share)
        #expect(!share.isFlooded)
        second(10..<11, 1, &share)
        #expect(share.isFlooded == isFlood)
    }

    @Test func aQuietSecondBeginsTheCountAnew() {
        var share = FrameShare()
        for begin in [0, 10, 20] {
            second(begin..<begin + 9, 201, &share)
            second(begin + 9..<begin + 10, 100, &share)
        }
        #expect(!share.isFlooded)
    }

    private func second(_ seconds: Range<Int>, _ rate: Int, _ share: inout FrameShare) {
        for second in seconds {
            for frame in 0..<rate {
                _ = share.admit(now: .uptimeNanoseconds(UInt64(second + 1) * 1_000_000_000 + UInt64(frame) * 4_000_000))
            }
        }
    }
}
