import NIOCore

/// Hands a serial port's bytes and its end to the driver, in the event loop's own tick.
///
/// Neither closure is called after `channelInactive`, and the end is told exactly once.
final class SerialPortHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bytesReceived: (ByteBufferView) -> Void
    private let portClosed: () -> Void

    init(bytesReceived: @escaping (ByteBufferView) -> Void, portClosed: @escaping () -> Void) {
        self.bytesReceived = bytesReceived
        self.portClosed = portClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytesReceived(unwrapInboundIn(data).readableBytesView)
    }

    func channelInactive(context: ChannelHandlerContext) {
        portClosed()
    }

    /// A serial port has no error that leaves it usable: an unplugged one fails with EIO (tty(4)).
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
