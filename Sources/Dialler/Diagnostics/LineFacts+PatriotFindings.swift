import Basics
import NIOOpenSSL
import PatriotLink

extension LineFacts {
    /// What keeps Patriot from the line: the name hides TCP, that hides TLS, that hides trust, that hides the session.
    var patriotFindings: [Finding] {
        switch patriot {
        case nil: []
        case .unreachable(let failure): [unreachableFinding(failure)]
        case .untrusted(let failure): untrustedFindings(failure)
        case .unknownPath: [pathFinding]
        case .session(let link): sessionFindings(link)
        }
    }

    private func unreachableFinding(_ failure: PatriotProbe.Failure) -> Finding {
        let (id, remedy): (Finding.ID, String) =
            switch failure.stage {
            case .name: (.patriotName, "Set PATRIOT_ADDRESS to the address of Patriot's PC: \(setAddress)")
            case .refused where patriotAddress == nil:
                (.patriotRefused, "Patriot's name leads to this machine. Set PATRIOT_ADDRESS: \(setAddress)")
            case .refused:
                (
                    .patriotRefused,
                    "Start the Patriot Client; if it runs, check PATRIOT_ADDRESS and PATRIOT_PORT (README.md, \"Reach "
                        + "Patriot from Linux\")."
                )
            case .noAnswer:
                (.patriotNoAnswer, "Check PATRIOT_ADDRESS, and let the firewall of Patriot's PC admit this machine.")
            case .notTLS:
                (
                    .patriotNotTLS,
                    "Another program answers there: set PATRIOT_PORT to Patriot's WebSocketServerPort, and check PATRIOT_ADDRESS."
                )
            case .other:
                (
                    .patriotConnection,
                    "Check that it is Patriot that answers there: PATRIOT_ADDRESS, PATRIOT_PORT, a port forwarding in between."
                )
            }
        return Finding(id, cause: "Patriot cannot be reached: \(failure).", remedy: remedy)
    }

    private var setAddress: String {
        "in \(configurationFile ?? "the configuration"), PATRIOT_ADDRESS=192.0.2.7 for example"
    }

    private func untrustedFindings(_ failure: TrustFailure) -> [Finding] {
        // Dates are judged by the clock.
        if isClockWrong, failure.reason == .expired || failure.reason == .notYetValid { return [] }
        let (id, reason, advice) = judgement(of: failure)
        let trust =
            "compare its SHA-256 with what Patriot's PC shows, then: sudo patriot-dialler trust \(configurationArgument)"
        return [
            Finding(
                id,
                cause: "Patriot's certificate is not trusted: \(reason).",
                remedy: advice.map { "\($0) \(trust)" } ?? "C" + trust.dropFirst()
            )
        ]
    }

    /// - Returns: beside the reason what to try before the certificate is trusted anyway.
    private func judgement(of failure: TrustFailure) -> (Finding.ID, reason: String, advice: String?) {
        guard let certificate = failure.certificate else { return (.patriotUntrusted, "none was shown", nil) }
        let subject = "\(certificate.subject), SHA-256 \(certificate.sha256)"
        let clock = "Check the clock (date); if it is right,"
        switch failure.reason {
        case .selfSigned:
            return (.patriotUntrusted, "it is unknown here (\(subject))", nil)
        case .unknownIssuer:
            return (.patriotUntrusted, "its issuer \(certificate.issuer) is unknown here (\(subject))", nil)
        case .other(let finding):
            return (.patriotUntrusted, "\(finding) (\(subject))", nil)
        case .pinMismatch(let expected):
            let pins = expected.map(\.description).joined(separator: ", ")
            return (.patriotPin, "its key has the pin \(certificate.pin), and \(pins) is set (\(subject))", nil)
        case .nameMismatch:
            let names = ForeignText.list(certificate.names) ?? "no name"
            let advice =
                "Take PATRIOT_HOST out of the configuration if it is there (PATRIOT_ADDRESS says where Patriot is); else"
            return (.patriotCertificateName, "it is for \(names), not for \(failure.serverName)", advice)
        case .expired:
            return (
                .patriotCertificateDate, "it expired on \(certificate.notAfter)",
                "\(clock) renew it on Patriot's PC, or"
            )
        case .notYetValid:
            return (.patriotCertificateDate, "it is valid only from \(certificate.notBefore) on", clock)
        }
    }

    private var pathFinding: Finding {
        Finding(
            .patriotPath,
            cause: "HTTP 404 instead of a WebSocket: the server that answers does not know PATRIOT_PATH.",
            remedy: "Take PATRIOT_PATH out of the configuration, or correct it; check PATRIOT_PORT."
        )
    }

    private func sessionFindings(_ link: PatriotLink) -> [Finding] {
        switch link {
        case .authenticated, .admitted, .listening:
            return []
        case .refused(let text):
            return [Finding(.patriotKey, cause: "Patriot refuses the API key: \(text)", remedy: keyRemedy)]
        case .disconnected(let reason, let detail, _):
            let remedy =
                "Check that it is Patriot that answers there (PATRIOT_ADDRESS, PATRIOT_PORT); restart the Patriot Client."
            return [Finding(.patriotWebSocket, cause: "TLS is fine, but: \(detail ?? reason).", remedy: remedy)]
        case .connecting, .connected:
            let cause = "TLS is fine, and Patriot does not say in time whether it accepts the API key."
            return [Finding(.patriotWebSocket, cause: cause, remedy: "Restart the Patriot Client.")]
        }
    }

    private var keyRemedy: String {
        let place = keyFile ?? "the key's file"
        // A running line has the key that systemd read when it started.
        let restart = line == nil ? "" : "; then: sudo systemctl restart \(unitName)"
        return
            "Write the value of WebSocketApiKey in the Patriot Client's .config file again into \(place) (that file is XML: "
            + "&amp; there is & here)\(restart)"
    }
}
