/// `HOST:PORT`, with an IPv6 address in brackets (RFC 3986 3.2.2).
///
/// - Parameters:
///   - host: a name or an address, without brackets.
///   - port: 1...65535.
package func hostAndPort(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
