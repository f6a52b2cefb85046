/// What USB says about the interface behind a tty.
package struct USBPort: Hashable, Sendable, CustomStringConvertible {
    /// `idVendor`.
    package var vendorID: UInt16
    /// `idProduct`.
    package var productID: UInt16
    /// `bInterfaceNumber`; nil where the driver sits on the whole device.
    package var interfaceNumber: UInt8?
    /// `bInterfaceProtocol`: Huawei tells the use of its vendor-specific interfaces by it.
    package var interfaceProtocol: UInt8?

    package init(
        vendorID: UInt16,
        productID: UInt16,
        interfaceNumber: UInt8? = nil,
        interfaceProtocol: UInt8? = nil
    ) {
        self.vendorID = vendorID
        self.productID = productID
        self.interfaceNumber = interfaceNumber
        self.interfaceProtocol = interfaceProtocol
    }

    /// `2c7c:0125 interface 02`
    package var description: String {
        let identity = "\(Self.hex(vendorID, digits: 4)):\(Self.hex(productID, digits: 4))"
        return interfaceNumber.map { "\(identity) interface \(Self.hex($0, digits: 2))" } ?? identity
    }

    static func hex(_ value: some BinaryInteger, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
