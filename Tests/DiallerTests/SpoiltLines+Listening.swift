import NIOOpenSSL
import SerialDevice

@testable import Dialler

extension LineFacts {
    /// A line that Patriot connects to and that waits for it, on a computer called dialler1.
    mutating func listen(names: [String] = ["dialler1", "192.0.2.7"], days: Range<Int64> = -1..<3650) throws {
        // The dates count from now, which the facts share.
        let validity: Range<Duration> = .seconds(days.lowerBound * 86_400) ..< .seconds(days.upperBound * 86_400)
        let certificate = try TLSIdentity.selfSigned(names: names, validity: validity).certificate
        now = (certificate.validity?.lowerBound ?? 0) - days.lowerBound * 86_400
        configurationWritten = now - 1
        setUnit(["MainPID": "4711"])
        patriot = nil
        listening = Listening(
            place: ":9010",
            address: nil,
            certificate: certificate,
            computer: ThisComputer(hostName: "dialler1", addresses: ["192.0.2.7", "fd00::7"]),
            isOpen: true,
            holder: PortHolder(processID: 4711, name: "patriot-dialler")
        )
    }
}

extension SpoiltLine {
    static let listening: [SpoiltLine] = [
        SpoiltLine("a port that another program has", .listenPort) {
            try $0.listen()
            $0.listening?.holder = PortHolder(processID: 80, name: "nginx")
        },
        SpoiltLine("a port that is not open", .listenClosed) {
            try $0.listen()
            $0.listening?.isOpen = false
            $0.listening?.holder = nil
        },
        SpoiltLine("a certificate that has expired", .listenCertificateDate) { try $0.listen(days: -10 ..< -1) },
        SpoiltLine("a certificate that soon expires", .listenCertificateDate) { try $0.listen(days: -10..<29) },
        SpoiltLine("a certificate of the future", .listenCertificateDate) { try $0.listen(days: 1..<100) },
        SpoiltLine("a certificate for an address of the past", .listenCertificateName) {
            try $0.listen(names: ["dialler1", "192.0.2.8"])
        },
        SpoiltLine("a certificate for another computer's name", .listenCertificateName) {
            try $0.listen(names: ["dialler2", "dialler2.example"])
        },
        SpoiltLine("a certificate for an address that is not listened on", .listenCertificateName) {
            try $0.listen()
            $0.listening?.address = "fd00::7"
        },
        SpoiltLine("a private key that others may read", .listenKeyMode) {
            try $0.listen()
            $0.listening?.openKeyFile = "/etc/patriot-dialler/line1.tls.key"
        },
    ]
}
