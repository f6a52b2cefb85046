"""USB devices by their descriptors (USB 2.0, chapter 9): modems as they really present themselves."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BULK, INTERRUPT = 2, 3
IN = 0x80


@dataclass(frozen=True)
class Endpoint:
    address: int
    kind: int
    packet: int
    interval: int = 0

    @property
    def descriptor(self) -> bytes:
        return struct.pack("<BBBBHB", 7, 5, self.address, self.kind, self.packet, self.interval)


@dataclass(frozen=True)
class Interface:
    kind: tuple[int, int, int]
    """Class, subclass, protocol."""
    endpoints: tuple[Endpoint, ...]
    extra: bytes = b""
    """Descriptors of its class, between its own and the endpoints'."""


@dataclass(frozen=True)
class USBDevice:
    vendor: int
    product: int
    names: tuple[str, str, str]
    """Maker, product, serial number ("" for none)."""
    interfaces: tuple[Interface, ...]
    at_interface: int
    """Whose bulk endpoints carry the AT commands."""
    profile: str
    """What our simulator plays behind them."""
    kind: tuple[int, int, int] = field(default=(0, 0, 0))

    @property
    def at_endpoints(self) -> tuple[int, int]:
        """To the host, from the host."""
        bulk = [e.address for e in self.interfaces[self.at_interface].endpoints if e.kind == BULK]
        return next(a for a in bulk if a & IN), next(a for a in bulk if not a & IN)

    def descriptor(self, kind: int, index: int) -> bytes | None:
        match kind:
            case 1:
                version, revision = 0x0200, 0x0318
                strings = (1, 2, 3 if self.names[2] else 0)
                head = (18, 1, version, *self.kind, 64, self.vendor, self.product, revision, *strings, 1)
                return struct.pack("<BBHBBBBHHHBBBB", *head)
            case 2:
                body = b"".join(map(self._interface, range(len(self.interfaces))))
                return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(self.interfaces), 1, 0, 0xA0, 250) + body
            case 3 if index == 0:
                return b"\x04\x03\x09\x04"
            case 3 if index <= len(self.names):
                text = self.names[index - 1].encode("utf-16-le")
                return struct.pack("BB", 2 + len(text), 3) + text
        return None

    def _interface(self, number: int) -> bytes:
        interface = self.interfaces[number]
        own = struct.pack("9B", 9, 4, number, 0, len(interface.endpoints), *interface.kind, 0)
        return own + interface.extra + b"".join(endpoint.descriptor for endpoint in interface.endpoints)


def _port(number: int, kind: tuple[int, int, int], notifies: bool) -> Interface:
    bulk = (Endpoint(IN | 1 + number, BULK, 512), Endpoint(1 + number, BULK, 512))
    notification = (Endpoint(IN | 8 + number, INTERRUPT, 16, 9),) if notifies else ()
    return Interface(kind, notification + bulk)


def quectel_ec25(serial: str = "") -> USBDevice:
    """Diagnosis, positions, AT, data, network. `option` takes the first four, `qmi_wwan` the last."""
    vendor, network = (0xFF, 0, 0), (0xFF, 0xFF, 0xFF)
    ports = (_port(0, network, False), *(_port(n, vendor, True) for n in (1, 2, 3)), _port(4, network, True))
    return USBDevice(0x2C7C, 0x0125, ("Quectel", "EC25", serial), ports, 2, "quectel")


def conexant() -> USBDevice:
    """An analog modem of the communication class (CDC 1.2, PSTN 1.2): `cdc_acm`, one tty."""
    header, call, acm, union = b"\x05\x24\x00\x10\x01", b"\x05\x24\x01\x03\x01", b"\x04\x24\x02\x06", b"\x05\x24\x06\x00\x01"
    control = Interface((2, 2, 1), (Endpoint(IN | 3, INTERRUPT, 16, 9),), header + call + acm + union)
    data = Interface((10, 0, 0), (Endpoint(IN | 1, BULK, 512), Endpoint(2, BULK, 512)))
    return USBDevice(0x0572, 0x1340, ("Conexant", "USB Modem", "24680246"), (control, data), 1, "analog", (2, 0, 0))
