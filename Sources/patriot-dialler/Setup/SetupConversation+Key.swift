import Dialler
import NIOOpenSSL
import NIOPosix
import PatriotCore
import PatriotLink

extension SetupConversation {
    /// Shows Patriot a new key before it is written. One that the line has already is not tried: a second connection with it
    /// could end the line's own.
    func tryKey(_ installation: inout LineInstallation) async throws {
        while let key = installation.apiKey, key != present(installation) {
            guard case .refused(let text)? = await link(with: key, for: installation) else { return }
            let refusal = "Patriot refuses this API key: \(text)"
            guard questionnaire.asks else { throw SetupRefusal(text: refusal) }
            questionnaire.say(refusal)
            guard let typed = try typedAgain() else { return }
            installation.apiKey = typed
        }
    }

    /// The key that the line has already.
    private func present(_ installation: LineInstallation) -> Secret? {
        try? SecretFile.copy(of: directory.apiKeyFile(of: installation.line))
    }

    private func typedAgain() throws(Interruption) -> Secret? {
        while true {
            let prompt = "Patriot's API key (it is not shown; Enter keeps the refused one): "
            let typed = try questionnaire.line(prompt, isSecret: true)
            if typed.isEmpty { return nil }
            guard let fault = Self.fault(inSecret: typed) else { return Secret(typed) }
            questionnaire.say("  \(fault)")
        }
    }

    /// - Returns: nil where the key could not be tried, which is reported.
    private func link(with key: Secret, for installation: LineInstallation) async -> PatriotLink? {
        var patriot = installation.setup.patriot
        patriot.apiKey = APIKey(key.text)
        if installation.certificate != nil, let file = options.trustCertificate {
            patriot.trust = .certificateFile(file)
        }
        do {
            let link = try await KeyTrial.run(patriot, on: MultiThreadedEventLoopGroup.singleton.next())
            switch link {
            case .authenticated: questionnaire.say("Patriot accepts the API key.")
            case .refused: break
            case nil: questionnaire.say("The API key was not tried: Patriot is not trusted yet.")
            case .disconnected(let reason, _, _): questionnaire.say("The API key could not be tried: \(reason).")
            case .connecting, .connected, .listening, .admitted:
                questionnaire.say("The API key could not be tried: Patriot did not say whether it accepts it.")
            }
            return link
        } catch {
            questionnaire.say("The API key could not be tried: \(CertificateView.place(patriot)): \(error).")
            return nil
        }
    }
}
