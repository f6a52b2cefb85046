"""USB serial ports that do not exist, for the rules of the real udevd and for programs that use libudev (umockdev)."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Port:
    """One tty of a USB device that is plugged into the first controller."""

    node: str
    vendor: str
    product: str
    interface: int
    driver: str
    protocol: str = "00"
    serial: str = ""
    socket: int = 2
    power: str = "auto"
    # As if the udev rules had been applied.
    is_managed: bool = False

    @property
    def device(self) -> str:
        return f"/devices/pci0000:00/0000:00:14.0/usb1/1-{self.socket}"

    @property
    def place(self) -> str:
        return f"pci-0000:00:14.0-usb-0:{self.socket}:1.{self.interface}"

    @property
    def tty(self) -> str:
        between = f"/{self.node}" if self.node.startswith("ttyUSB") else ""
        return f"{self.device}/1-{self.socket}:1.{self.interface}{between}/tty/{self.node}"

    @property
    def description(self) -> list[str]:
        """Parents first, each in umockdev's own form."""
        serial = f"A: serial={self.serial}\n" if self.serial else ""
        tags = "E: ID_MM_DEVICE_IGNORE=1\n" if self.is_managed else ""
        major, minor = (166 if self.node.startswith("ttyACM") else 188), self.node[6:]
        return [
            f"P: {self.device}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
            f"A: idVendor={self.vendor}\nA: idProduct={self.product}\nA: manufacturer=Maker\nA: product=Thing\n{serial}"
            f"A: power/control={self.power}\n",
            f"P: {self.device}/1-{self.socket}:1.{self.interface}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER={self.driver}\n"
            f"A: bInterfaceNumber={self.interface:02x}\nA: bInterfaceClass=ff\nA: bInterfaceSubClass=02\n"
            f"A: bInterfaceProtocol={self.protocol}\nL: driver=../../../../../../bus/usb/drivers/{self.driver}\n",
            f"P: {self.tty}\nN: {self.node}\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/{self.node}\nE: MAJOR={major}\n"
            f"E: MINOR={minor}\nE: ID_PATH={self.place}\n{tags}A: dev={major}:{minor}\n",
        ]


def world(*ports: Port) -> str:
    """All of them in one file for umockdev; a device with several ports is there once."""
    parts = dict.fromkeys(part for port in ports for part in port.description)
    return "\n".join(parts)


class Testbed:
    """A world of mocked devices; needs a process that runs under `umockdev-wrapper`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libumockdev.so.0")
        self._library.umockdev_testbed_new.restype = ctypes.c_void_p
        self._bed = ctypes.c_void_p(self._library.umockdev_testbed_new())

    def plug(self, port: Port) -> None:
        """Each device that comes is an event of its own."""
        for part in port.description:
            error = ctypes.c_void_p()
            text = f"{part}\n".encode()
            if not self._library.umockdev_testbed_add_from_string(self._bed, text, ctypes.byref(error)):
                raise RuntimeError(f"umockdev refused:\n{part}")

    def unplug(self, port: Port) -> None:
        for path in (port.tty, f"{port.device}/1-{port.socket}:1.{port.interface}", port.device):
            name = f"/sys{path}".encode()
            self._library.umockdev_testbed_uevent(self._bed, name, b"remove")
            self._library.umockdev_testbed_remove_device(self._bed, name)


ADAPTER = Port("ttyUSB0", "0403", "6001", 0, "ftdi_sio", socket=1)
MODEM = Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1")
# The same modem, plugged in again: the kernel gave it another number.
MODEM_AGAIN = Port("ttyUSB5", "2c7c", "0125", 2, "option", serial="A1")


def die_with_parent() -> None:
    """umockdev ends its process on a mistake; the command goes with it (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def run_with(ports: list[Port], command: list[str]) -> int:
    """Runs a command in a world with these; its exit code."""
    testbed = Testbed()
    for port in ports:
        testbed.plug(port)
        # As Debian's own rules leave every modem: not root's alone.
        Path(f"/dev/{port.node}").chmod(0o666)
    return subprocess.run(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, check=False).returncode


def main() -> None:
    """Runs a command in a world with an adapter, and carries out `plug NODE` and `unplug NODE` until end of file."""
    if sys.argv[1] == "--with":
        sys.exit(run_with([Port(**port) for port in json.loads(sys.argv[2])], sys.argv[3:]))
    ports = {port.node: port for port in (MODEM, MODEM_AGAIN)}
    testbed = Testbed()
    testbed.plug(ADAPTER)
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for line in sys.stdin:
            match line.split():
                case ["plug", node]:
                    testbed.plug(ports[node])
                case ["unplug", node]:
                    testbed.unplug(ports[node])
    finally:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    main()
