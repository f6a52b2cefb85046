import NIOCore
import NIOPosix

/// Runs the machine on its event loop: one channel on the terminal's master side, one timer.
final class SimulatedModemRunner {
    var onEvent: (SimulatedModemEvent) -> Void = { _ in }
    private var machine: any SimulatedModemPlayer
    private let eventLoop: any EventLoop
    private let linkPath: String?
    private var terminal: SimulatedTerminal?
    private var channel: (any Channel)?
    private var timer: Scheduled<Void>?
    private var armedFor: ContinuousClock.Instant?

    init(machine: any SimulatedModemPlayer, linkPath: String?, eventLoop: any EventLoop) throws {
        self.machine = machine
        self.eventLoop = eventLoop
        self.linkPath = linkPath
        terminal = try SimulatedTerminal(linkPath: linkPath)
    }

    var path: String { linkPath ?? terminal?.path ?? "" }

    func start() {
        openChannel()
    }

    func perform(_ action: RemoteAction) {
        run(machine.perform(action, now: .now))
    }

    func stop() {
        unplug()
        timer?.cancel()
        timer = nil
        armedFor = nil
    }

    private func run(_ actions: [SimulatedModemMachine.Action]) {
        for action in actions {
            switch action {
            case .write(let bytes):
                channel?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            case .unplug: unplug()
            case .replug: replug()
            case .event(let event): onEvent(event)
            }
        }
        armTimer()
    }

    private func armTimer() {
        let deadline = machine.nextDeadline
        guard deadline != armedFor || timer == nil else { return }
        timer?.cancel()
        armedFor = deadline
        timer = deadline.map { deadline in
            let delay = max(.zero, deadline - .now)
            return eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
                self?.timerFired()
            }
        }
    }

    private func timerFired() {
        timer = nil
        armedFor = nil
        run(machine.deadlineReached(now: .now))
    }

    private func unplug() {
        channel?.close(promise: nil)
        channel = nil
        terminal?.close()
        terminal = nil
    }

    private func replug() {
        do {
            terminal = try SimulatedTerminal(linkPath: linkPath)
            openChannel()
            onEvent(.plugged(path: path))
        } catch {
            onEvent(.ignored("The modem cannot be plugged in: \(error)"))
        }
    }

    private func openChannel() {
        guard let terminal, let descriptors = terminal.takeMaster() else { return }
        let handler = NIOLoopBound(
            SimulatedModemInput { [weak self] in self?.received($0) },
            eventLoop: eventLoop
        )
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .takingOwnershipOfDescriptors(input: descriptors.input, output: descriptors.output)
            .assumeIsolated()
            .whenComplete { [weak self] result in
                switch result {
                case .success(let channel): self?.opened(channel, of: terminal)
                case .failure(let error): self?.onEvent(.ignored("The simulated line failed: \(error)"))
                }
            }
    }

    private func opened(_ channel: any Channel, of terminal: SimulatedTerminal) {
        // It may have been unplugged meanwhile.
        guard terminal === self.terminal else { return channel.close(promise: nil) }
        self.channel = channel
        armTimer()
    }

    private func received(_ bytes: [UInt8]) {
        run(machine.bytesReceived(bytes, now: .now))
    }
}

/// Hands what the daemon writes to the machine.
private final class SimulatedModemInput: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let onBytes: ([UInt8]) -> Void

    init(onBytes: @escaping ([UInt8]) -> Void) {
        self.onBytes = onBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onBytes(Array(unwrapInboundIn(data).readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
