import Basics
package import PatriotCore

/// The settings of a Patriot that connects to a line, for the Patriot Client's `.config` file.
package struct PatriotClientSettings: Equatable, Sendable {
    /// The name or address of this computer that the certificate is for.
    package var host: String
    /// 1...65535.
    package var port: Int
    /// Begins with a slash.
    package var path: String
    /// The line's key.
    package var apiKey: APIKey

    package init(host: String, port: Int, path: String, apiKey: APIKey) {
        self.host = host
        self.port = port
        self.path = path
        self.apiKey = apiKey
    }

    /// `WebSocketClientDiallerUrl`.
    package var url: String {
        "wss://\(hostAndPort(host, port))\(path)"
    }

    /// `WebSocketClientDiallerConfig`: the payload of Patriot's first message.
    package var payload: String {
        String(decoding: JSONText.object([("apiKey", .string(apiKey.text))]).utf8, as: UTF8.self)
    }

    /// Names and values, the values escaped for XML. Holds the key.
    package var escaped: [(name: String, value: String)] {
        [
            ("DiallerType", "WebsocketClient"), ("WebSocketClientDiallerUrl", Self.escaped(url)),
            ("WebSocketClientDiallerConfig", Self.escaped(payload)),
        ]
    }

    /// As text or an attribute's value of XML (XML 1.0, 2.4).
    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&apos;"
            default: String(character)
            }
        }.joined()
    }
}

/// Which firewall is installed here, and how it admits Patriot. Nothing is opened.
package enum Firewall: CaseIterable, Sendable {
    case ufw
    case firewalld
    case nftables

    /// The first that is installed; nil for none.
    package static func installed(_ exists: (String) -> Bool = SmallFile.exists) -> Firewall? {
        allCases.first { firewall in firewall.programs.contains(where: exists) }
    }

    private var programs: [String] {
        switch self {
        case .ufw: ["/usr/sbin/ufw"]
        case .firewalld: ["/usr/bin/firewall-cmd"]
        case .nftables: ["/usr/sbin/nft"]
        }
    }

    /// The command that admits connections to the port.
    package func command(port: Int) -> String {
        switch self {
        case .ufw: "sudo ufw allow \(port)/tcp"
        case .firewalld: "sudo firewall-cmd --permanent --add-port=\(port)/tcp && sudo firewall-cmd --reload"
        case .nftables: "sudo nft insert rule inet filter input tcp dport \(port) accept"
        }
    }
}
