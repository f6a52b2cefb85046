"""The packaged rules, run by udev's own rule processor on mocked devices (umockdev, `udevadm test`)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import BINARY, REPOSITORY
from mocked_usb import Port, world

EC25 = Port("ttyUSB2", "2c7c", "0125", 2, "option")

# `udevadm test` makes real links: it gets a /dev and a /run of its own.
PRIVATE = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/udev/rules.d /run/dev
cp "$1" "$2"/*.rules /run/udev/rules.d/
for node in null zero random urandom; do cp -a /dev/$node /run/dev/; done
mkdir /run/dev/pts
mount --rbind /dev/pts /run/dev/pts
ln -s pts/ptmx /run/dev/ptmx
mount --rbind /run/dev /dev
exec umockdev-run -d "$3" -- udevadm test --action=add "$4"
"""


class Verdict:
    """What came of an event: its log, and the properties at its end."""

    def __init__(self, log: str) -> None:
        self.log = log
        pairs = (line.partition("=") for line in log.splitlines() if line[:1].isupper() and "=" in line)
        self.properties = {name: value for name, _, value in pairs}


def judge(port: Port, syspath: str, tmp_path: Path, rule: str = "") -> Verdict:
    """- rule: a rule of the administrator's, which comes before the packaged ones."""
    (tmp_path / "local").mkdir()
    (tmp_path / "local/77-local.rules").write_text(rule + "\n")
    description = tmp_path / "port.umockdev"
    description.write_text("\n".join(port.description))
    rules = REPOSITORY / "udev/78-patriot-dialler.rules"
    command = ["unshare", "-m", "bash", "-c", PRIVATE, "judge", rules, tmp_path / "local", description, f"/sys{syspath}"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert outcome.returncode == 0, outcome.stderr
    return Verdict(outcome.stdout + outcome.stderr)


@dataclass(frozen=True)
class Family:
    """One kind of modem: the interfaces that its ttys belong to, and which of them is what."""

    name: str
    vendor: str
    product: str
    at: int
    audio: int | None = None
    # Interfaces for something else.
    others: tuple[int, ...] = ()
    driver: str = "option"
    # Of each interface, where the protocol tells what it is.
    protocols: tuple[tuple[int, str], ...] = ()

    def port(self, interface: int) -> Port:
        node = f"{'ttyACM' if self.driver == 'cdc_acm' else 'ttyUSB'}{interface}"
        protocol = dict(self.protocols).get(interface, "ff" if self.vendor == "12d1" else "00")
        return Port(node, self.vendor, self.product, interface, self.driver, protocol=protocol)

    @property
    def interfaces(self) -> list[int]:
        return sorted({self.at, *([] if self.audio is None else [self.audio]), *self.others})

    def role(self, interface: int) -> str:
        if interface == self.at:
            return "analog-modem" if self.vendor in ANALOG else "gsm-modem"
        return "audio-port" if interface == self.audio else "other-modem-port"


ANALOG = ("0baf", "0572", "0803", "0ace")
HUAWEI_NEW = ((0, "01"), (1, "02"), (3, "03"), (4, "05"))

FAMILIES = [
    Family("Quectel EC25/EG25", "2c7c", "0125", at=2, audio=1, others=(0, 3)),
    Family("Quectel EC21", "2c7c", "0121", at=2, audio=1, others=(0, 3)),
    Family("Quectel EG91/EG95", "2c7c", "0195", at=2, audio=1, others=(0, 3)),
    Family("Quectel EP06", "2c7c", "0306", at=2, audio=1, others=(0, 3)),
    Family("Quectel EM12", "2c7c", "0512", at=2, audio=1, others=(0, 3)),
    Family("Quectel BG96", "2c7c", "0296", at=2, audio=1, others=(0, 3)),
    Family("Quectel EM060K", "2c7c", "0128", at=5, others=(3, 4)),
    Family("SIMCom SIM7100/SIM7600", "1e0e", "9001", at=2, audio=4, others=(0, 1, 3)),
    Family("SIMCom A7600", "1e0e", "9011", at=4, others=(2, 5)),
    Family("SIMCom SIM7070/SIM7080", "1e0e", "9206", at=2, others=(0, 1, 3, 4, 5)),
    Family("u-blox LISA/SARA-U2", "1546", "1102", at=0, others=(2, 4, 6, 8), driver="cdc_acm"),
    Family("u-blox LISA/SARA-U2", "1546", "1104", at=0, others=(2, 4, 6), driver="cdc_acm"),
    Family("u-blox TOBY-R2", "1546", "1107", at=0, others=(2, 4, 6, 8, 10), driver="cdc_acm"),
    Family("u-blox LARA-R2", "1546", "110a", at=0, others=(2, 4, 6, 8, 10), driver="cdc_acm"),
    Family("u-blox TOBY-L4", "1546", "1010", at=6, others=(2, 4, 8), driver="cdc_acm"),
    Family("u-blox LARA-R6", "05c6", "908b", at=1, others=(0, 2, 3)),
    Family("Telit UC864/CC864", "1bc7", "1003", at=0, others=(2,)),
    Family("Telit ME910", "1bc7", "1101", at=1, others=(2,)),
    Family("Telit LE910C1-EUX", "1bc7", "1031", at=1, others=(0, 2)),
    Family("Telit LE910C1", "1bc7", "1201", at=4, others=(0, 3, 5, 6)),
    Family("Cinterion PLS8", "1e2d", "0061", at=2, others=(0, 4, 6, 8), driver="cdc_acm"),
    Family("Cinterion PLS62", "1e2d", "005b", at=0, others=(2, 4, 6, 8), driver="cdc_acm"),
    Family("Cinterion PLS63", "1e2d", "0069", at=0, others=(2, 4, 6), driver="cdc_acm"),
    Family("Sierra EM/MC", "1199", "9071", at=3, others=(0, 2), driver="qcserial"),
    Family("Huawei E169/E1550", "12d1", "1001", at=2, audio=1, others=(0,)),
    Family("Huawei E17xx", "12d1", "140c", at=3, audio=2, others=(0, 1)),
    Family("Huawei E1750", "12d1", "1436", at=4, audio=3, others=(0,)),
    Family("Huawei E153", "12d1", "14ac", at=4, audio=3, others=(0,)),
    Family("Huawei E171/E173", "12d1", "1506", at=3, audio=2, others=(0, 1)),
    Family("Huawei", "12d1", "1c05", at=1, audio=3, others=(0, 4), protocols=HUAWEI_NEW),
    Family("Huawei", "12d1", "1573", at=2, audio=1, others=(0,), protocols=((0, "31"), (1, "33"), (2, "32"))),
    Family("ZTE", "19d2", "0001", at=0, others=(1, 2)),
    Family("ZTE", "19d2", "0015", at=1, others=(0, 3)),
    Family("ZTE", "19d2", "0016", at=2, others=(0, 1)),
    Family("ZTE", "19d2", "0031", at=3, others=(0, 1)),
    Family("ZTE", "19d2", "0128", at=4, others=(0, 1)),
    Family("ZTE", "19d2", "0125", at=5, others=(0, 1)),
    Family("USRobotics USR5637", "0baf", "0303", at=0, driver="cdc_acm"),
    Family("Conexant 56K", "0572", "1329", at=0, driver="cdc_acm"),
    Family("Zoom 3095", "0803", "3095", at=0, driver="cdc_acm"),
    Family("ZyDAS 56K", "0ace", "1608", at=0, driver="cdc_acm"),
]
families = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family.name} {family.product}")


@families
def test_the_at_port_is_named_and_starts_the_lines(family: Family, tmp_path: Path) -> None:
    port = family.port(family.at)
    verdict = judge(port, port.tty, tmp_path)
    assert f"/dev/patriot-dialler/by-path/{port.place}" in verdict.properties["DEVLINKS"].split()
    assert verdict.properties["SYSTEMD_WANTS"] == "patriot-dialler.target"
    assert ":systemd:" in verdict.properties["TAGS"]
    assert verdict.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert verdict.properties["PATRIOT_DIALLER_MODEM"] == family.name
    assert "78-patriot-dialler.rules" in verdict.log and "MODE 0660" in verdict.log
    assert "Invalid" not in "".join(line for line in verdict.log.splitlines() if "78-patriot-dialler" in line)


@families
def test_the_program_sees_the_same(family: Family, tmp_path: Path) -> None:
    """The libudev code on the device that the rules are tried on."""
    description = tmp_path / "device.umockdev"
    description.write_text(world(*(family.port(interface) for interface in family.interfaces)))
    command = ["umockdev-run", "-d", description, "--", BINARY, "modems", "--json"]
    ports = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout)
    assert {int(port["interface"], 16): port["role"] for port in ports} == {
        interface: family.role(interface) for interface in family.interfaces
    }
    assert {port["model"] for port in ports} == {family.name}


def test_a_serial_number_names_the_port_too(tmp_path: Path) -> None:
    port = Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1")
    assert "/dev/patriot-dialler/by-id/Maker_Thing_A1" in judge(port, port.tty, tmp_path).properties["DEVLINKS"].split()


@pytest.mark.parametrize("family", [f for f in FAMILIES if f.audio is not None or f.others], ids=lambda f: f"{f.name} {f.product}")
def test_another_port_of_a_modem_is_only_kept_from_modem_manager(family: Family, tmp_path: Path) -> None:
    """The one for sound, or else the first for something else."""
    interface = family.others[0] if family.audio is None else family.audio
    port = family.port(interface)
    verdict = judge(port, port.tty, tmp_path)
    assert verdict.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert verdict.properties.get("PATRIOT_DIALLER_ROLE") == (None if family.audio is None else "audio")
    assert "SYSTEMD_WANTS" not in verdict.properties
    assert "patriot-dialler" not in verdict.properties.get("DEVLINKS", "")


@pytest.mark.parametrize(
    "port",
    [
        pytest.param(Port("ttyUSB0", "0403", "6001", 0, "ftdi_sio"), id="FTDI"),
        pytest.param(Port("ttyUSB0", "10c4", "ea60", 0, "cp210x"), id="CP210x"),
        pytest.param(Port("ttyUSB0", "1a86", "7523", 0, "ch341"), id="CH340"),
        pytest.param(Port("ttyACM0", "2341", "0043", 0, "cdc_acm"), id="Arduino"),
        pytest.param(Port("ttyACM0", "1546", "01a8", 0, "cdc_acm"), id="u-blox GPS"),
        pytest.param(Port("ttyUSB0", "05c6", "9008", 0, "qcserial"), id="Qualcomm in boot mode"),
    ],
)
def test_what_is_no_modem_is_left_alone(port: Port, tmp_path: Path) -> None:
    verdict = judge(port, port.tty, tmp_path)
    assert not {"ID_MM_DEVICE_IGNORE", "SYSTEMD_WANTS"} & verdict.properties.keys()


def test_a_modem_is_kept_awake(tmp_path: Path) -> None:
    verdict = judge(EC25, EC25.device, tmp_path)
    assert verdict.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert "power/control' writing 'on'" in verdict.log


def test_the_administrator_can_keep_a_modem_out(tmp_path: Path) -> None:
    rule = 'SUBSYSTEMS=="usb", ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125", ENV{PATRIOT_DIALLER_IGNORE}="1"'
    verdict = judge(EC25, EC25.tty, tmp_path, rule)
    assert not {"ID_MM_DEVICE_IGNORE", "SYSTEMD_WANTS"} & verdict.properties.keys()
