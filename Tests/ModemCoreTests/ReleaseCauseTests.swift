import ModemCore
import Testing

@Suite struct ReleaseCauseTests {
    @Test func everyCauseHasANameOfItsOwnInSmallLetters() {
        let names = sequence(first: ReleaseCause.localHangUp, next: \.next).map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D })
        }
    }
}

extension ReleaseCause {
    /// Leads from one cause to the next, so that a new one has to be put among them.
    fileprivate var next: ReleaseCause? {
        switch self {
        case .localHangUp: .remoteHangUp
        case .remoteHangUp: .busy
        case .busy: .noAnswer
        case .noAnswer: .rejected
        case .rejected: .noDialtone
        case .noDialtone: .noCarrier
        case .noCarrier: .lineInUse
        case .lineInUse: .noLine
        case .noLine: .delayed
        case .delayed: .blacklisted
        case .blacklisted: .barred
        case .barred: .fixedDialingOnly
        case .fixedDialingOnly: .unassignedNumber
        case .unassignedNumber: .numberChanged
        case .numberChanged: .invalidNumber
        case .invalidNumber: .noRoute
        case .noRoute: .outOfOrder
        case .outOfOrder: .congestion
        case .congestion: .networkFailure
        case .networkFailure: .signalLost
        case .signalLost: .noCredit
        case .noCredit: .noVoiceService
        case .noVoiceService: .noVoLTE
        case .noVoLTE: .emergencyOnly
        case .emergencyOnly: .network(99)
        case .network: .noNetwork
        case .noNetwork: .simNotReady
        case .simNotReady: .notSupported
        case .notSupported: .cmeError(513)
        case .cmeError: .modemError
        case .modemError: .modemLost
        case .modemLost: .modemReset
        case .modemReset: .missed
        case .missed: .timeout
        case .timeout: .unverified
        case .unverified: .notResponding
        case .notResponding: .unknownEnd
        case .unknownEnd: nil
        }
    }
}
