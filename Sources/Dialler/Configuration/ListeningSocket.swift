import Glibc
import SerialDevice

/// A TCP socket of this computer that takes connections, as /proc/net/tcp and tcp6 list them (proc(5)).
struct ListeningSocket: Equatable, Sendable {
    /// As inet_ntop(3) writes it; `0.0.0.0` or `::` for all.
    var address: String
    var port: Int
    var inode: String

    /// Those that take connections to that port.
    /// - Parameter address: nil for any address of this computer.
    static func all(port: Int, address: String?) -> [ListeningSocket] {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { try? SmallFile.read($0, limit: 16 << 20) }
        return tables.flatMap { parse(String(decoding: $0.bytes, as: UTF8.self)) }.filter { socket in
            socket.port == port
                && (address == nil || [address, "0.0.0.0", "::"].contains(socket.address))
        }
    }

    /// The process that has it; nil where this user may not see it.
    var holder: PortHolder? {
        let name = "socket:[\(inode)]"
        let processes = (FileSystem.names(in: "/proc") ?? []).compactMap { CInt($0) }
        guard let process = processes.first(where: { FileSystem.hasOpen(name, process: $0) }) else { return nil }
        let command = try? SmallFile.read("/proc/\(process)/comm", limit: 256)
        let text = command.map { String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
        return PortHolder(processID: process, name: text)
    }

    /// The listening sockets of such a table: state 0A, the address in hexadecimal words of the machine's byte order.
    static func parse(_ table: String) -> [ListeningSocket] {
        table.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, let address = address(place[0]), let port = Int(place[1], radix: 16) else {
                return nil
            }
            return ListeningSocket(address: address, port: port, inode: String(fields[9]))
        }
    }

    private static func address(_ digits: Substring) -> String? {
        guard digits.utf8.count == 8 || digits.utf8.count == 32 else { return nil }
        var words: [UInt32] = []
        var rest = digits
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(8)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = words.count == 1 ? AF_INET : AF_INET6
        guard inet_ntop(family, words, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
