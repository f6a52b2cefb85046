import Dialler
import Glibc
import ModemCore
import SerialDevice

/// Commands to a modem that no line uses, one after the other, each waited for.
final class DirectChat {
    private let port: SerialPort
    private let mask: NumberMask
    private var chat = ATChatMachine()
    private var decoder = ATLineDecoder()
    private var reply: ATReply?

    /// - Throws: why the port cannot be opened: `DiscoveryError` or `SerialPortError`.
    init(_ selector: ModemSelector, settings: LineSettings, mask: NumberMask) throws {
        port = try SerialPort.open(try ModemDiscovery.resolve(selector).node, settings: settings)
        self.mask = mask
        // Its unsolicited lines are those of most modems; which one this is was not asked.
        chat.use(.genericGSM)
        perform(chat.portOpened(now: .now))
    }

    deinit {
        port.close()
    }

    /// As a running line would reply.
    func run(_ line: String, timeout: Duration) -> ControlMessage.Reply {
        do throws(OperatorCommand.Refusal) {
            let command = try OperatorCommand(line, timeout: timeout, rights: .owner).command
            let reply = run(command)
            // Nobody takes a command back here but the chat itself, when the modem does not even answer AT.
            return .init(reply.ending == .withdrawn ? ATReply(.timedOut) : reply, mask: mask)
        } catch {
            return ControlMessage.Reply(error)
        }
    }

    private func run(_ command: ATCommand) -> ATReply {
        reply = nil
        perform(chat.send(command, for: .forOperator, now: .now))
        while reply == nil {
            var entry = pollfd(fd: port.pollDescriptor ?? -1, events: Int16(POLLIN), revents: 0)
            let left = chat.nextDeadline.map { ContinuousClock.now.duration(to: $0).roundedMilliseconds } ?? 1000
            if poll(&entry, 1, CInt(max(0, min(60_000, left)))) > 0 {
                guard let bytes = port.read() else {
                    perform(chat.portClosed())
                    break
                }
                for case .line(let line) in decoder.decode(bytes) { perform(chat.lineReceived(line, now: .now)) }
            }
            perform(chat.deadlineReached(now: .now))
        }
        return reply ?? ATReply(.portClosed)
    }

    private func perform(_ actions: [ATChatMachine.Action]) {
        for action in actions {
            switch action {
            case .write(let bytes): _ = port.write(bytes)
            case .finished(.forOperator, let reply): self.reply = reply
            case .finished, .sent, .unsolicited, .strayResult, .synchronized, .silent, .escaped, .note,
                .numericResults, .garbage:
                break
            }
        }
    }
}
