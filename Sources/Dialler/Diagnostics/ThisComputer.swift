import Glibc

/// The names by which other computers may reach this one.
package struct ThisComputer: Equatable, Sendable {
    /// Nil where it has none but `localhost`.
    package var hostName: String?
    /// Of its interfaces, without loopback and link-local ones; IPv4 first.
    package var addresses: [String]

    package init(hostName: String?, addresses: [String]) {
        self.hostName = hostName
        self.addresses = addresses
    }

    /// As they are now.
    package static var now: ThisComputer {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&name, name.count - 1) == 0
        let text = isKnown ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        let isUsable = !text.isEmpty && text.lowercased() != "localhost" && LineCertificate.fault(inName: text) == nil
        return ThisComputer(hostName: isUsable ? text.lowercased() : nil, addresses: interfaceAddresses())
    }

    /// What a new certificate is best made for: the name, and the addresses that last. IPv6 addresses of the internet change
    /// every day on many computers, so they count only where there is nothing else.
    package var certificateNames: [String] {
        let lasting = addresses.filter { !$0.contains(":") || $0.hasPrefix("fc") || $0.hasPrefix("fd") }
        return (hostName.map { [$0] } ?? []) + (lasting.isEmpty ? addresses : lasting)
    }

    private static func interfaceAddresses() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var v4: [String] = []
        var v6: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr, let text = text(of: address) else { continue }
            if text.contains(":") { v6.append(text) } else { v4.append(text) }
        }
        return v4 + v6
    }

    private static func text(of address: UnsafeMutablePointer<sockaddr>) -> String? {
        let size: socklen_t
        switch Int32(address.pointee.sa_family) {
        case AF_INET: size = socklen_t(MemoryLayout<sockaddr_in>.size)
        case AF_INET6: size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        default: return nil
        }
        var buffer = [CChar](repeating: 0, count: 256)
        guard getnameinfo(address, size, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let isLocal = text.hasPrefix("127.") || text == "::1" || text.hasPrefix("169.254.") || text.hasPrefix("fe80:")
        return isLocal ? nil : text
    }
}
