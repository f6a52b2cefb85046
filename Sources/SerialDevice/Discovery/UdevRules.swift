extension ModemCatalog {
    /// The rules file for udev (udev(7)), made from the same table by which `auto` chooses.
    ///
    /// It names the ports that take AT commands, keeps ModemManager off the modems, keeps them awake, and has systemd start
    /// the lines when one appears. Adapters get no rule: what hangs on them is not ours to judge.
    package static var udevRules: String {
        ([head] + [deviceRules, deviceConsequences, portRules, portConsequences].map { $0.joined(separator: "\n") })
            .joined(separator: "\n\n") + "\n"
    }

    private static let head = """
        # Modems of patriot-dialler. Made from its table of modems by `patriot-dialler udev-rules`: not to be edited.
        #
        # To keep a modem out of this, its data connection with ModemManager included, put a file with a lower number
        # beside this one, for example /etc/udev/rules.d/77-local.rules:
        #   SUBSYSTEMS=="usb", ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125", ENV{PATRIOT_DIALLER_IGNORE}="1"
        #
        # After 60-serial.rules, which finds the ids; before 80-mm-candidate.rules, which is ModemManager's.

        ACTION=="remove", GOTO="patriot_dialler_end"
        ENV{PATRIOT_DIALLER_IGNORE}=="1", GOTO="patriot_dialler_end"
        SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", GOTO="patriot_dialler_device"
        SUBSYSTEM=="tty", SUBSYSTEMS=="usb", GOTO="patriot_dialler_port"
        GOTO="patriot_dialler_end"
        """

    // MARK: Devices

    private static var deviceRules: [String] {
        let known = entries.map { entry in
            #"ATTR{idVendor}=="\#(hex(entry.vendor))", ATTR{idProduct}=="\#(hex(entry.products))", \#(mark(entry.model))"#
        }
        let interfaces = huaweiControlProtocols.map { "*:ff??\(USBPort.hex($0, digits: 2)):*" }.joined(separator: "|")
        let newer = #"ATTR{idVendor}=="\#(hex(huawei))", ENV{ID_USB_INTERFACES}=="\#(interfaces)", \#(mark("Huawei"))"#
        return [#"LABEL="patriot_dialler_device""#] + known + [newer]
    }

    private static let deviceConsequences = [
        #"ENV{PATRIOT_DIALLER_MODEM}=="", GOTO="patriot_dialler_end""#,
        #"ENV{ID_MM_DEVICE_IGNORE}="1""#,
        #"TEST=="power/control", ATTR{power/control}="on""#,
        #"GOTO="patriot_dialler_end""#,
    ]

    // MARK: Ports

    private static var portRules: [String] {
        let known = entries.flatMap(portRules)
        // The older ones are done: their protocols tell nothing.
        let newer = [(huaweiControlProtocols, atRole), (huaweiAudioProtocols, audioRole)].flatMap { numbers, role in
            numbers.map { number in
                #"ENV{PATRIOT_DIALLER_MODEM}=="", ENV{ID_VENDOR_ID}=="\#(hex(huawei))", "#
                    + #"ATTRS{bInterfaceProtocol}=="\#(USBPort.hex(number, digits: 2))", \#(role)"#
            }
        }
        let rest = #"ENV{PATRIOT_DIALLER_MODEM}=="", ENV{ID_VENDOR_ID}=="\#(hex(huawei))", \#(mark("Huawei"))"#
        return [#"LABEL="patriot_dialler_port""#] + known + newer + [rest]
    }

    private static func portRules(of entry: Entry) -> [String] {
        let ids = #"ENV{ID_VENDOR_ID}=="\#(hex(entry.vendor))", ENV{ID_MODEL_ID}=="\#(hex(entry.products))""#
        func rule(_ interface: UInt8, _ role: String) -> String {
            #"\#(ids), ENV{ID_USB_INTERFACE_NUM}=="\#(USBPort.hex(interface, digits: 2))", \#(role)"#
        }
        switch entry.kind {
        case .analog:
            return ["\(ids), \(mark(entry.model)), \(atRole)"]
        case .gsm(let interface, let audio):
            return ["\(ids), \(mark(entry.model))", rule(interface, atRole)]
                + (audio.map { [rule($0, audioRole)] } ?? [])
        }
    }

    private static let portConsequences = [
        #"ENV{PATRIOT_DIALLER_MODEM}=="", GOTO="patriot_dialler_end""#,
        #"ENV{ID_MM_DEVICE_IGNORE}="1""#,
        #"ENV{PATRIOT_DIALLER_ROLE}!="at", GOTO="patriot_dialler_end""#,
        #"GROUP="dialout", MODE="0660""#,
        #"ENV{ID_PATH}=="?*", SYMLINK+="patriot-dialler/by-path/$env{ID_PATH}""#,
        #"ENV{ID_SERIAL_SHORT}=="?*", SYMLINK+="patriot-dialler/by-id/$env{ID_SERIAL}""#,
        #"TAG+="systemd", ENV{SYSTEMD_WANTS}+="patriot-dialler.target""#,
        "",
        #"LABEL="patriot_dialler_end""#,
    ]

    private static let atRole = #"ENV{PATRIOT_DIALLER_ROLE}="at""#
    private static let audioRole = #"ENV{PATRIOT_DIALLER_ROLE}="audio""#

    private static func mark(_ model: String) -> String {
        #"ENV{PATRIOT_DIALLER_MODEM}="\#(model)""#
    }

    /// One of these (udev(7): alternatives are separated by `|`).
    private static func hex(_ ids: [UInt16]) -> String {
        ids.map { hex($0) }.joined(separator: "|")
    }

    private static func hex(_ id: UInt16) -> String {
        USBPort.hex(id, digits: 4)
    }
}
