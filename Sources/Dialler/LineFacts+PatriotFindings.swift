import NIOOpenSSL
import PatriotClient

extension LineFacts {
    /// What keeps Patriot from the line: the name hides TCP, that hides TLS, that hides trust, that hides the session.
    var patriotFindings: [Finding] {
        switch patriot {
        case nil: []
        case .unreachable(let failure): [unreachableFinding(failure)]
        case .untrusted(let failure): untrustedFindings(failure)
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
        let trust =
            "Compare its SHA-256 with what Patriot's PC shows, then: sudo patriot-dialler trust \(configurationArgument)"
        let cause = "Patriot's certificate is not trusted: "
        let certificate = failure.certificate
        let subject = certificate.map { "\($0.subject), SHA-256 \($0.sha256)" } ?? "none was shown"
        switch failure.reason {
        case .selfSigned:
            return [Finding(.patriotUntrusted, cause: cause + "it is unknown here (\(subject)).", remedy: trust)]
        case .unknownIssuer:
            let issuer = certificate?.issuer ?? "unknown"
            return [
                Finding(.patriotUntrusted, cause: cause + "its issuer is unknown here (\(issuer)).", remedy: trust)
            ]
        case .other(let finding):
            return [Finding(.patriotUntrusted, cause: cause + "\(finding) (\(subject)).", remedy: trust)]
        case .pinMismatch(let expected):
            let pins = expected.map(\.description).joined(separator: ", ")
            let seen = certificate.map { "\($0.pin)" } ?? "none"
            let reason = "its key has the pin \(seen), and \(pins) is set"
            return [Finding(.patriotPin, cause: cause + "\(reason) (\(subject)).", remedy: trust)]
        case .nameMismatch:
            let names = certificate.map { $0.names.joined(separator: ", ") } ?? ""
            let reason = "it is for \(names.isEmpty ? "no name" : names), not for \(failure.serverName)."
            let remedy =
                "Leave PATRIOT_HOST out; set PATRIOT_ADDRESS to say where Patriot is. If the certificate is right: "
            return [Finding(.patriotCertificateName, cause: cause + reason, remedy: remedy + trust)]
        case .expired, .notYetValid:
            // Then they are judged by a wrong clock.
            guard !isClockWrong else { return [] }
            let isExpired = failure.reason == .expired
            let reason =
                isExpired
                ? "it expired on \(certificate?.notAfter ?? "?")."
                : "it is valid only from \(certificate?.notBefore ?? "?") on."
            let remedy = "Check the clock (date). If it is right, renew the certificate on Patriot's PC, or pin it. "
            return [Finding(.patriotCertificateDate, cause: cause + reason, remedy: remedy + trust)]
        }
    }

    private func sessionFindings(_ link: PatriotLink) -> [Finding] {
        switch link {
        case .authenticated:
            return []
        case .refused(let text):
            return [
                Finding(
                    .patriotKey,
                    cause: "Patriot refuses the API key: \(text)",
                    remedy:
                        "Write the value of WebSocketApiKey in the Patriot Client's .config file anew into the key's "
                        + "file; that file is XML: its &amp; is & here."
                )
            ]
        case .disconnected(let reason, _) where reason.contains("HTTP 404"):
            let remedy = "Take PATRIOT_PATH out of the configuration, or correct it; check PATRIOT_PORT."
            return [Finding(.patriotPath, cause: "Patriot answers, but: \(reason).", remedy: remedy)]
        case .disconnected(let reason, _):
            let remedy =
                "Check that it is Patriot that answers there (PATRIOT_ADDRESS, PATRIOT_PORT); restart the Patriot Client."
            return [Finding(.patriotWebSocket, cause: "TLS is fine, but: \(reason).", remedy: remedy)]
        case .connecting, .connected:
            let cause = "TLS is fine, and Patriot does not say in time whether it accepts the API key."
            return [Finding(.patriotWebSocket, cause: cause, remedy: "Restart the Patriot Client.")]
        }
    }
}
