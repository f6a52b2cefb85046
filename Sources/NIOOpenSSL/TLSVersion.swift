/// The versions of TLS that are spoken; older ones are never negotiated.
package enum TLSVersion: String, Comparable, CaseIterable, Sendable, CustomStringConvertible {
    case v1_2 = "TLS 1.2"
    case v1_3 = "TLS 1.3"

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left == .v1_2 && right == .v1_3
    }

    package var description: String { rawValue }
}
