import Glibc
import NIOCore
import NIOOpenSSL
import NIOPosix

extension PatriotProbe {
    /// Why nothing could be seen. The description is a sentence part for people.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// How far the attempt came.
        package enum Stage: Equatable, Sendable {
            /// The name has no address.
            case name
            /// The machine is there, and nothing listens on that port.
            case refused
            /// No machine, or a firewall.
            case noAnswer
            /// Something listens there that speaks no TLS.
            case notTLS
            /// It ended in another way; the description says how.
            case other
        }

        /// How far it came.
        package let stage: Stage
        package let description: String

        package init(stage: Stage, description: String) {
            self.stage = stage
            self.description = description
        }

        init(_ error: any Error) {
            self.init(stage: Stage(error), description: connectionFailureReason(error))
        }
    }
}

extension PatriotProbe.Failure.Stage {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            self = error.connectionErrors.first.map { Self($0.error) } ?? .name
        case let error as IOError:
            self.init(errno: error.errnoCode)
        case ChannelError.connectTimeout:
            self = .noAnswer
        case TLSError.notTLS, TLSError.handshakeTimeout:
            self = .notTLS
        default:
            self = .other
        }
    }

    private init(errno code: CInt) {
        switch code {
        case ECONNREFUSED: self = .refused
        case EHOSTUNREACH, ENETUNREACH, ETIMEDOUT: self = .noAnswer
        default: self = .other
        }
    }
}
