import NIOCore

/// Ends an HTTP answer that never gets to its final status line: interim responses (RFC 9110 15.2) may come without end, and NIO's
/// decoder drops them without a word.
///
/// Stands before the HTTP decoder. Belongs to the channel's event loop.
final class AnswerLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How many bytes of an answer may have come before it is complete: far more than any server's headers.
    static let bytes = 16_384

    /// More came.
    struct Exceeded: Error {}

    private var count = 0
    private var isOver = false

    /// The answer is complete; what follows is not ours.
    func finish() {
        isOver = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOver { return context.fireChannelRead(data) }
        // What comes in one read with the end of the answer may be its first frames.
        guard count <= Self.bytes else {
            count = .max / 2
            return context.fireErrorCaught(Exceeded())
        }
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }
}
