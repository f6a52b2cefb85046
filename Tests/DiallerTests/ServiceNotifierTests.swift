import Glibc
import ModemCore
import ModemDriver
import NIOCore
import NIOPosix
import PatriotLink
import TestSupport
import Testing

@testable import Dialler

/// systemd's end of the notification socket.
private final class NotifySocket {
    let descriptor: CInt

    /// - Parameter name: a path, or a name in the abstract space with `@` before it.
    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        var bytes = Array(name.utf8)
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// The next datagram; waits for it, but not forever.
    func next() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        try #require(count >= 0)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

@Suite("ServiceNotifier")
struct ServiceNotifierTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Each step in a turn of the event loop of its own.
    private func tell(
        _ name: String,
        _ first: @escaping @Sendable (ServiceNotifier) -> Void,
        then steps: [@Sendable (ServiceNotifier) -> Void]
    ) async throws {
        let eventLoop = eventLoop
        let notifier = try await eventLoop.submit {
            let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": name], eventLoop: eventLoop))
            first(notifier)
            return NIOLoopBound(notifier, eventLoop: eventLoop)
        }.get()
        for step in steps { try await eventLoop.submit { step(notifier.value) }.get() }
    }

    @Test("Tells systemd of its life, on a path and in the abstract space", arguments: [false, true])
    func life(isAbstract: Bool) async throws {
        let directory = try TemporaryDirectory()
        let name = isAbstract ? "@patriot-dialler-test-\(getpid())" : directory.path + "/notify"
        let systemd = try NotifySocket(name)
        defer { if !isAbstract { unlink(name) } }
        try await tell(
            name,
            { $0.ready() },
            then: [
                { $0.follow(.modem(.readinessChanged(.ready))) },
                { $0.follow(.modem(.sent("AT"))) },
                // Of two changes at once the last is told.
                {
                    $0.follow(.link(.connected))
                    $0.follow(.link(.authenticated))
                },
                { $0.stopping() },
            ]
        )
        #expect(try systemd.next() == "READY=1")
        #expect(try systemd.next().hasPrefix("STATUS=Not ready: opening"))
        #expect(try systemd.next() == "STATUS=Not ready: modem ready; connecting to Patriot.")
        #expect(try systemd.next() == "STATUS=Ready: modem ready, Patriot connected, line free.")
        #expect(try systemd.next().hasPrefix("STOPPING=1"))
    }

    @Test("Tells of a change of the configuration, and of one that cannot be used")
    func reloading() async throws {
        let name = "@patriot-dialler-reload-\(getpid())"
        let systemd = try NotifySocket(name)
        try await tell(name, { $0.configurationRefused() }, then: [{ $0.reloading() }, { $0.ready() }])
        #expect(try systemd.next().hasSuffix("The changed configuration has errors and is not used: see the log."))
        let reloading = try systemd.next()
        #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(Int(reloading.split(separator: "=").last ?? "") ?? 0 > 0)
        #expect(try systemd.next() == "READY=1")
        let status = try systemd.next()
        #expect(status.hasPrefix("STATUS=Not ready: opening") && !status.contains("has errors"))
    }

    /// systemd drops a datagram of more than 4,096 bytes as a whole.
    @Test("Keeps a text short, and READY=1 out of it", arguments: ["x", "é", "中", "📞", "e\u{301}"])
    func longText(unit: String) async throws {
        let name = "@patriot-dialler-long-\(getpid())-\(unit.unicodeScalars.map(\.value))"
        let systemd = try NotifySocket(name)
        let reason = String(repeating: unit, count: 30_000)
        try await tell(
            name,
            { $0.follow(.link(.disconnected(reason: reason, retryIn: .seconds(1)))) },
            then: [{ $0.ready() }]
        )
        let status = try systemd.next()
        #expect(status.hasPrefix("STATUS=Not ready: ") && status.hasSuffix(unit + "…"))
        #expect((990...1000).contains(status.utf8.count))
        #expect(try systemd.next() == "READY=1")
        #expect(try systemd.next() == status)
    }

    @Test("Feeds the watchdog again and again")
    func watchdog() async throws {
        let name = "@patriot-dialler-watchdog-\(getpid())"
        let systemd = try NotifySocket(name)
        let eventLoop = eventLoop
        let environment = ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": "\(getpid())"]
        let notifier = try await eventLoop.submit {
            let notifier = try #require(ServiceNotifier(environment: environment, eventLoop: eventLoop))
            notifier.ready()
            return NIOLoopBound(notifier, eventLoop: eventLoop)
        }.get()
        #expect(try systemd.next() == "READY=1")
        #expect(try systemd.next().hasPrefix("STATUS="))
        for _ in 0..<3 { #expect(try systemd.next() == "WATCHDOG=1") }
        try await eventLoop.submit { notifier.value.stopping() }.get()
    }

    @Test(
        "Is not there when nobody wants to be told",
        arguments: ["", "relative", "@", "/" + String(repeating: "x", count: 108)]
    )
    func noSocket(name: String) {
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": name], eventLoop: eventLoop) == nil)
        #expect(ServiceNotifier(environment: [:], eventLoop: eventLoop) == nil)
    }

    @Test(
        "Feeds no watchdog that waits for another process, or not at all",
        arguments: [
            ([:], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "many"], nil),
            (["WATCHDOG_USEC": "9223372036854775807"], nil),
            (["WATCHDOG_USEC": "30000000"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], nil),
        ] as [([String: String], Int64?)]
    )
    func watchdogInterval(environment: [String: String], nanoseconds: Int64?) {
        #expect(ServiceNotifier.watchdogInterval(environment, processID: 7) == nanoseconds)
    }
}
