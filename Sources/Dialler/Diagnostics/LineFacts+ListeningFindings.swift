import Basics
import NIOOpenSSL
import SerialDevice

extension LineFacts {
    /// What keeps Patriot from connecting to the line, or soon will.
    var listeningFindings: [Finding] {
        guard let listening else { return [] }
        return portFindings(listening) + dateFindings(listening.certificate) + nameFindings(listening)
            + keyModeFindings(listening)
    }

    // MARK: Port

    private func portFindings(_ listening: Listening) -> [Finding] {
        if let holder = listening.holder, !isLine(holder) {
            return [
                Finding(
                    .listenPort,
                    cause: "The port \(listening.place) is in use by \(holder): Patriot cannot connect to the line.",
                    remedy: "Stop that program, or choose another port: PATRIOT_LISTEN \(inFile), and Patriot's URL."
                )
            ]
        }
        guard isRunning, !listening.isOpen else { return [] }
        let reason = report.map { ": \($0.patriot.link)" } ?? ""
        return [
            Finding(
                .listenClosed,
                cause: "The line runs and does not listen on \(listening.place)\(reason).",
                remedy: line == nil
                    ? "Check PATRIOT_LISTEN \(inFile)."
                    : "Check PATRIOT_LISTEN \(inFile), then: sudo systemctl restart \(unitName)"
            )
        ]
    }

    private var inFile: String { configurationFile.map { "in \($0)" } ?? "in the configuration" }

    // MARK: Certificate

    /// So long before its end it is renewed, for Patriot's PC has to import the new one.
    private static let renewalTime: Int64 = 30 * 86_400

    private func dateFindings(_ certificate: TLSCertificate) -> [Finding] {
        // Dates are judged by the clock.
        guard let validity = certificate.validity, !isClockWrong else { return [] }
        if now < validity.lowerBound {
            return [
                Finding(
                    .listenCertificateDate,
                    cause: "The line's certificate is valid only from \(certificate.notBefore) on: Patriot refuses it.",
                    remedy: "Check the clock (date); if it is right, renew the certificate. \(renewal(of: certificate))"
                )
            ]
        }
        let left = validity.upperBound - now
        guard left < Self.renewalTime else { return [] }
        let cause =
            left <= 0
            ? "The line's certificate expired on \(certificate.notAfter): Patriot refuses it."
            : "The line's certificate expires on \(certificate.notAfter); then Patriot refuses it."
        return [
            Finding(
                .listenCertificateDate,
                left <= 0 ? .error : .warning,
                cause: cause,
                remedy: renewal(of: certificate)
            )
        ]
    }

    private func renewal(of certificate: TLSCertificate) -> String {
        let command = "sudo patriot-dialler certificate --line \(line ?? "LINE")"
        if certificate.isSelfIssued { return command + ", and import it on Patriot's PC." }
        return "Have it renewed by its issuer, then: \(command) --certificate FILE"
    }

    /// A name that is not this computer's may be an alias or that of a router, so no name alone is wrong.
    private func nameFindings(_ listening: Listening) -> [Finding] {
        let certificate = listening.certificate
        let addresses = certificate.names.map(\.raw).filter(LineCertificate.isAddress)
        let names = certificate.names.map(\.raw).filter { !LineCertificate.isAddress($0) }
        let present = listening.address.map { [$0] } ?? listening.computer.addresses
        if !addresses.isEmpty, !present.isEmpty, !addresses.contains(where: present.contains) {
            return [
                nameFinding(addresses, "this computer's address is now \(present.joined(separator: ", "))", certificate)
            ]
        }
        guard addresses.isEmpty, !names.isEmpty, let name = listening.computer.hostName else { return [] }
        let fits = names.contains { candidate in
            let candidate = candidate.lowercased()
            return candidate.hasPrefix("*.") || Self.label(candidate) == Self.label(name)
        }
        return fits ? [] : [nameFinding(names, "this computer's name is \(name)", certificate)]
    }

    private static func label(_ name: String) -> Substring { name.prefix { $0 != "." } }

    private func nameFinding(_ names: [String], _ present: String, _ certificate: TLSCertificate) -> Finding {
        Finding(
            .listenCertificateName,
            .warning,
            cause: "The line's certificate is for \(names.joined(separator: ", ")), and \(present): Patriot refuses it "
                + "unless its URL has a name of the certificate.",
            remedy: renewal(of: certificate)
        )
    }

    private func keyModeFindings(_ listening: Listening) -> [Finding] {
        guard let file = listening.openKeyFile else { return [] }
        return [
            Finding(
                .listenKeyMode,
                .warning,
                cause: "The private key \(file) can be read by other users.",
                remedy: "sudo chmod 600 \(shellQuoted(file))"
            )
        ]
    }
}
