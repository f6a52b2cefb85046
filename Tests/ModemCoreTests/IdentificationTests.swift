import ModemCore
import Testing

/// What modules answer to the questions who they are, and the profile that follows.
@Suite struct IdentificationTests {
    @Test(
        arguments: [
            ("Quectel", "EC25", "Quectel\r\nEC25\r\nRevision: EC25EFAR06A04M4G", "quectel"),
            ("Quectel", "EG25", "Quectel\r\nEG25\r\nRevision: EG25GGBR07A08M2G", "quectel"),
            ("Quectel", "EP06", "Quectel\r\nEP06\r\nRevision: EP06ELAR04A01M4G", "quectel"),
            ("SIMCOM_Ltd", "SIMCOM_SIM800L", "SIM800 R14.18", "simcom"),
            ("SIMCOM_Ltd", "SIMCOM_SIM868", "SIM868 R14.18", "simcom"),
            ("SIMCOM_Ltd", "SIMCOM_SIM900", "SIM900 R11.0", "simcom"),
            (
                "SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H",
                "Manufacturer: SIMCOM INCORPORATED\r\nModel: SIMCOM_SIM7600E-H\r\nRevision: SIM7600M22_V1.1",
                "simcom-7600"
            ),
            ("SIMCOM INCORPORATED", "SIMCOM_SIM5320E", "", "simcom-7600"),
            ("INCORPORATED", "A7670E-FASE", "Manufacturer: INCORPORATED\r\nModel: A7670E-FASE", "simcom-7600"),
            ("u-blox", "LARA-R211", "LARA-R211-02B-00", "ublox"), ("u-blox", "SARA-U201", "", "ublox"),
        ]
    )
    func aModuleGetsTheProfileOfItsFamily(_ maker: String, _ model: String, _ information: String, _ name: String) {
        let bench = Bench(.genericGSM, identifiesProfile: true)
        bench.replies["AT+CGMI"] = "\r\n\(maker)\r\n\r\nOK\r\n"
        bench.replies["AT+CGMM"] = "\r\n\(model)\r\n\r\nOK\r\n"
        bench.replies["ATI"] = "\r\n\(information)\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.profile.name == name)
        #expect(bench.readiness == .ready)
        #expect(ModemProfile.named(name) == bench.profile)
    }
}
