import Glibc
package import Logging
package import ModemCore

/// The working memory of a line: what the next process has to know if this one dies now. The call records are the audit; this is
/// a page of memory that the kernel keeps when the process is killed, written without a system call.
///
/// Bound to the line's event loop. Without a directory, or where the file cannot be used, it is as long-lived as the process.
package final class LineMemory {
    /// A page, with a head and two slots that are written in turn: a slot that was torn by the end of the process leaves the
    /// other.
    private enum Layout {
        static let size = 4096
        static let slots = [1024, 2048]
        static let magic = Array("patriot-dialler line memory 1\n".utf8)
        /// Sequence, length, checksum.
        static let slotHead = 24
    }

    private var content = LineMemoryContent()
    private var page: UnsafeMutableRawPointer?
    private var sequence: UInt64 = 0

    /// The memory of one process, which ends with it.
    package init() {}

    /// - Parameter directory: the line's runtime directory; nil to remember nothing over restarts.
    package init(directory: String?, logger: Logger) {
        content.boot = Self.bootID()
        guard let directory else {
            logger.notice(
                "RUNTIME_DIRECTORY names no directory: a call, a wanted hang-up and a tried PIN are forgotten when the line ends"
            )
            return
        }
        let path = directory + "/line-memory"
        do throws(Fault) {
            page = try Self.map(path)
            try read()
        } catch {
            logger.warning("\(path) \(error.text); what an earlier process knew is not known")
        }
        forgetPINsIfTold(directory)
        store()
    }

    deinit {
        if let page { munmap(page, Layout.size) }
    }

    // MARK: The call

    /// What the line knew last, in this process or in an earlier one.
    package var recollection: Recollection { content.recollection }

    /// Takes the new state; nothing when it is the old one.
    package func remember(_ recollection: Recollection) {
        guard recollection != content.recollection else { return }
        content.recollection = recollection
        store()
    }

    // MARK: The PIN

    /// The SIMs for which this PIN was entered and has not worked.
    package func sims(thatRefused pin: String?) -> Set<SIMCard> {
        guard let number = pin.map(Self.number) else { return [] }
        return Set(content.triedPINs.filter { $0.pin == number }.map(\.sim))
    }

    /// - Parameter sims: all for which this PIN was written and has not worked.
    package func remember(_ pin: String?, refusedBy sims: Set<SIMCard>) {
        guard let pin else { return }
        let known = self.sims(thatRefused: pin)
        guard sims != known else { return }
        // A PIN that works clears the SIM's count, and whatever was tried on it before.
        let opened = known.subtracting(sims)
        content.triedPINs.removeAll { opened.contains($0.sim) }
        content.triedPINs += sims.subtracting(known).map { .init(pin: Self.number(of: pin), sim: $0) }
        store()
    }

    private static func number(of pin: String) -> UInt64 {
        LineMemoryContent.checksum(Array("SIM PIN \(pin)".utf8))
    }

    /// A person has written a PIN and wants it tried, though it may be one that failed before.
    package static func forgetPINs(in directory: String?) {
        guard let directory else { return }
        let descriptor = open(pinNote(directory), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    private static func pinNote(_ directory: String) -> String { directory + "/sim-pin-new" }

    /// Looks whether a person has written another PIN since.
    package func forgetPINsIfTold(_ directory: String?) {
        guard let directory, unlink(Self.pinNote(directory)) == 0 else { return }
        content.triedPINs = []
        store()
    }

    // MARK: The page

    private struct Fault: Error {
        var text: String
    }

    private static func map(_ path: String) throws(Fault) -> UnsafeMutableRawPointer {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { throw Fault(text: "cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_uid == geteuid()
        else { throw Fault(text: "is not a plain file of this user: move it away") }
        guard [0, off_t(Layout.size)].contains(status.st_size) else {
            throw Fault(text: "was written by something else: move it away")
        }
        guard fchmod(descriptor, 0o600) == 0 else { throw Fault(text: "cannot be closed to others") }
        // So that a full file system is an error here and not a signal later.
        let failure = posix_fallocate(descriptor, 0, off_t(Layout.size))
        guard failure == 0 else { throw Fault(text: "cannot be written: \(String(cString: strerror(failure)))") }
        let page = mmap(nil, Layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let page, page != MAP_FAILED else { throw Fault(text: "cannot be mapped") }
        return page
    }

    private func read() throws(Fault) {
        guard let page else { return }
        let bytes = Array(UnsafeRawBufferPointer(start: page, count: Layout.size))
        guard bytes.contains(where: { $0 != 0 }) else { return }
        guard bytes.starts(with: Layout.magic) else {
            munmap(page, Layout.size)
            self.page = nil
            throw Fault(text: "was written by something else: move it away")
        }
        let slots = Layout.slots.compactMap { Self.slot(bytes[$0..<($0 + 1024)]) }
        guard let newest = slots.max(by: { $0.sequence < $1.sequence }) else { throw Fault(text: "is torn") }
        sequence = newest.sequence
        let (now, bootNow) = (ContinuousClock.now, Self.nanosecondsSinceBoot())
        let known = LineMemoryContent(
            newest.content,
            instant: { now - .nanoseconds(max(0, bootNow &- $0)) },
            presentBoot: content.boot
        )
        guard var known else { throw Fault(text: "is of another version") }
        known.boot = content.boot
        content = known
    }

    private static func slot(_ bytes: ArraySlice<UInt8>) -> (sequence: UInt64, content: [UInt8])? {
        func number(_ offset: Int) -> UInt64 {
            bytes[(bytes.startIndex + offset)...].prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let (sequence, length) = (number(0), number(8))
        guard sequence > 0, length <= LineMemoryContent.maximumSize else { return nil }
        let content = Array(bytes.dropFirst(Layout.slotHead).prefix(Int(length)))
        guard number(16) == checksum(sequence, content) else { return nil }
        return (sequence, content)
    }

    private static func checksum(_ sequence: UInt64, _ content: [UInt8]) -> UInt64 {
        LineMemoryContent.checksum(content) ^ (sequence &* 0x9e37_79b9_7f4a_7c15) ^ UInt64(content.count)
    }

    /// Takes about a microsecond.
    private func store() {
        guard let page else { return }
        let (now, bootNow) = (ContinuousClock.now, Self.nanosecondsSinceBoot())
        let bytes = content.bytes { bootNow - Self.nanoseconds(now - $0) }
        guard bytes.count <= LineMemoryContent.maximumSize else { return }
        sequence += 1
        page.copyMemory(from: Layout.magic, byteCount: Layout.magic.count)
        let slot = page + Layout.slots[Int(sequence % 2)]
        let numbers = [sequence, UInt64(bytes.count), Self.checksum(sequence, bytes)].map(\.bigEndian)
        slot.storeBytes(of: 0, as: UInt64.self)
        (slot + Layout.slotHead).copyMemory(from: bytes, byteCount: bytes.count)
        for (index, number) in numbers.enumerated().reversed() {
            slot.storeBytes(of: number, toByteOffset: 8 * index, as: UInt64.self)
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }

    private static func nanosecondsSinceBoot() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func bootID() -> String {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).trimmingNewline
    }
}

extension String {
    fileprivate var trimmingNewline: String { String(prefix { !$0.isNewline }) }
}
