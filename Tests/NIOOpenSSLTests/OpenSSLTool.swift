import Glibc
import NIOCore
import NIOOpenSSL
import NIOPosix

/// What a channel says: its text so far, and how TLS fared.
final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Happening: Sendable {
        case text(String)
        case completed(TLSHandshakeCompleted)
        case failed(TLSError)
    }

    private let continuation: AsyncStream<Happening>.Continuation

    init(_ continuation: AsyncStream<Happening>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(.text(String(buffer: unwrapInboundIn(data))))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSHandshakeCompleted { continuation.yield(.completed(event)) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { continuation.yield(.failed(error)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }
}

/// Follows a conversation.
final class Listener {
    private let happenings: AsyncStream<Conversation.Happening>
    private(set) var text = ""
    private(set) var handshake: TLSHandshakeCompleted?
    private(set) var error: TLSError?

    init(_ happenings: AsyncStream<Conversation.Happening>) {
        self.happenings = happenings
    }

    static func make() -> (Listener, AsyncStream<Conversation.Happening>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Conversation.Happening.self,
            bufferingPolicy: .bufferingOldest(10_000)
        )
        return (Listener(stream), continuation)
    }

    /// Listens until the text holds `part`; false when the channel ended before.
    func hear(_ part: String) async -> Bool {
        while !text.contains(part) {
            guard await hearMore() else { return false }
        }
        return true
    }

    /// Listens until the channel has ended.
    func hearAll() async {
        while await hearMore() {}
    }

    func hearMore() async -> Bool {
        for await happening in happenings {
            switch happening {
            case .text(let more): text += more
            case .completed(let event): handshake = event
            case .failed(let failure): error = failure
            }
            return true
        }
        return false
    }
}

/// The `openssl` program of the distribution, as a peer that shares nothing with the handler but the library.
final class OpenSSLTool {
    struct CannotStart: Error {
        let number: Int32
    }

    let listener: Listener
    private let process: pid_t
    private let channel: any Channel

    init(_ arguments: [String]) async throws {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw CannotStart(number: errno) }
        for descriptor in input + output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, output[1], 2)
        // By lines, or its words would stay in its buffer.
        var words: [UnsafeMutablePointer<CChar>?] =
            (["stdbuf", "-oL", "openssl"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var environment = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for entry in environment { free(entry) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, "/usr/bin/stdbuf", &actions, nil, &words, &environment)
        close(input[0])
        close(output[1])
        guard result == 0 else { throw CannotStart(number: result) }
        self.process = process
        let (listener, continuation) = Listener.make()
        self.listener = listener
        channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Conversation(continuation))
                }
            }
            .takingOwnershipOfDescriptors(input: output[0], output: input[1])
            .get()
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        channel.close(promise: nil)
    }

    func type(_ line: String) {
        channel.writeAndFlush(ByteBuffer(string: line + "\n"), promise: nil)
    }

    /// The port after `ACCEPT 127.0.0.1:` in what `s_server` says.
    func port() async -> Int? {
        let mark = "ACCEPT 127.0.0.1:"
        guard await listener.hear(mark) else { return nil }
        while true {
            let rest = listener.text.split(separator: mark, maxSplits: 1).last ?? ""
            if let end = rest.firstIndex(where: \.isNewline) { return Int(rest[..<end]) }
            guard await listener.hearMore() else { return nil }
        }
    }
}
