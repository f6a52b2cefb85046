extension ModemCatalog {
    /// Sources: the port type rules of ModemManager, the id tables of the kernel's option and cdc-acm drivers, the lists of
    /// chan_dongle and oFono, makers' manuals. Of a modem with several AT ports it is the first.
    static let entries = quectel + simCom + uBlox + others + olderHuawei + zte + analog

    private static let quectel = [
        // The port for GPS is the one that carries sound.
        gsm(0x2c7c, [0x0125], "Quectel EC25/EG25", at: 2, audio: 1),
        gsm(0x2c7c, [0x0121], "Quectel EC21", at: 2, audio: 1),
        gsm(0x2c7c, [0x0191, 0x0195], "Quectel EG91/EG95", at: 2, audio: 1),
        gsm(0x2c7c, [0x0306], "Quectel EP06", at: 2, audio: 1),
        gsm(0x2c7c, [0x0512], "Quectel EM12", at: 2, audio: 1),
        gsm(0x2c7c, [0x0296], "Quectel BG96", at: 2, audio: 1),
        gsm(0x2c7c, [0x0128], "Quectel EM060K", at: 5),
    ]

    private static let simCom = [
        gsm(0x1e0e, [0x9001], "SIMCom SIM7100/SIM7600", at: 2, audio: 4),
        gsm(0x1e0e, [0x9011], "SIMCom A7600", at: 4),
        gsm(0x1e0e, [0x9205, 0x9206], "SIMCom SIM7070/SIM7080", at: 2),
    ]

    private static let uBlox = [
        gsm(0x1546, [0x1102, 0x1104], "u-blox LISA/SARA-U2", at: 0),
        gsm(0x1546, [0x1107], "u-blox TOBY-R2", at: 0),
        gsm(0x1546, [0x110a], "u-blox LARA-R2", at: 0),
        gsm(0x1546, [0x1010], "u-blox TOBY-L4", at: 6),
        gsm(0x05c6, [0x908b], "u-blox LARA-R6", at: 1),
    ]

    private static let others = [
        gsm(0x1bc7, [0x1003, 0x1004, 0x1006], "Telit UC864/CC864", at: 0),
        gsm(0x1bc7, [0x1101], "Telit ME910", at: 1),
        gsm(0x1bc7, [0x1031], "Telit LE910C1-EUX", at: 1),
        gsm(0x1bc7, [0x1201], "Telit LE910C1", at: 4),
        gsm(0x1e2d, [0x0061], "Cinterion PLS8", at: 2),
        gsm(0x1e2d, [0x005b, 0x005d], "Cinterion PLS62", at: 0),
        gsm(0x1e2d, [0x0069], "Cinterion PLS63", at: 0),
        gsm(0x1199, [0x9071, 0x9091, 0x9079, 0x68c0], "Sierra EM/MC", at: 3),
    ]

    private static let olderHuawei = [
        gsm(huawei, [0x1001], "Huawei E169/E1550", at: 2, audio: 1),
        gsm(huawei, [0x140c], "Huawei E17xx", at: 3, audio: 2),
        gsm(huawei, [0x1436], "Huawei E1750", at: 4, audio: 3),
        gsm(huawei, [0x14ac], "Huawei E153", at: 4, audio: 3),
        gsm(huawei, [0x1506], "Huawei E171/E173", at: 3, audio: 2),
    ]

    private static let zte = [
        gsm(0x19d2, [0x0001, 0x1515] + Array(0x0003...0x000a), "ZTE", at: 0),
        gsm(0x19d2, [0x0015, 0x0030, 0x0054], "ZTE", at: 1),
        gsm(
            0x19d2,
            [0x0002, 0x0012, 0x0016, 0x0017, 0x0018, 0x0019, 0x0024, 0x0025, 0x0055, 0x0064, 0x0117, 0x0156],
            "ZTE",
            at: 2
        ),
        gsm(
            0x19d2,
            [
                0x0021, 0x0031, 0x0037, 0x0039, 0x0042, 0x0043, 0x0052, 0x0057, 0x0058, 0x0061, 0x0063, 0x0066, 0x0078,
                0x0082, 0x0104, 0x0106, 0x0108, 0x0122, 0x0123, 0x1007, 0x1008, 0x1010, 0x1254, 0x1268, 0x2002, 0x2003,
            ],
            "ZTE",
            at: 3
        ),
        gsm(
            0x19d2,
            [0x0033, 0x0048, 0x0049, 0x0091, 0x0113, 0x0118, 0x0121, 0x0124, 0x0126, 0x0128],
            "ZTE",
            at: 4
        ),
        gsm(0x19d2, [0x0125], "ZTE", at: 5),
    ]

    private static let analog = [
        Entry(vendor: 0x0baf, products: [0x0303], model: "USRobotics USR5637", kind: .analog),
        Entry(
            vendor: 0x0572,
            products: [0x1321, 0x1324, 0x1328, 0x1329, 0x1340],
            model: "Conexant 56K",
            kind: .analog
        ),
        Entry(vendor: 0x0803, products: [0x3095], model: "Zoom 3095", kind: .analog),
        Entry(vendor: 0x0ace, products: [0x1602, 0x1608, 0x1611], model: "ZyDAS 56K", kind: .analog),
    ]

    private static func gsm(
        _ vendor: UInt16,
        _ products: [UInt16],
        _ model: String,
        at interface: UInt8,
        audio: UInt8? = nil
    ) -> Entry {
        Entry(vendor: vendor, products: products, model: model, kind: .gsm(interface: interface, audio: audio))
    }
}
