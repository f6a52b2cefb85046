"""The packaged rules, run by udev's own rule processor on mocked devices (umockdev, `udevadm test`)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness import REPOSITORY
from mocked_usb import Port

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


@pytest.mark.parametrize(
    "port",
    [
        pytest.param(EC25, id="Quectel EC25"),
        pytest.param(Port("ttyUSB2", "1e0e", "9001", 2, "option"), id="SIMCom SIM7600"),
        pytest.param(Port("ttyUSB2", "12d1", "1001", 2, "option", protocol="ff"), id="Huawei E169"),
        pytest.param(Port("ttyUSB1", "12d1", "1c05", 1, "option", protocol="02"), id="Huawei by protocol"),
        pytest.param(Port("ttyACM0", "0baf", "0303", 0, "cdc_acm"), id="USR5637"),
        pytest.param(Port("ttyACM0", "0572", "1329", 0, "cdc_acm"), id="Conexant"),
    ],
)
def test_the_at_port_is_named_and_starts_the_lines(port: Port, tmp_path: Path) -> None:
    verdict = judge(port, port.tty, tmp_path)
    assert f"/dev/patriot-dialler/by-path/{port.place}" in verdict.properties["DEVLINKS"].split()
    assert verdict.properties["SYSTEMD_WANTS"] == "patriot-dialler.target"
    assert ":systemd:" in verdict.properties["TAGS"]
    assert verdict.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert "78-patriot-dialler.rules" in verdict.log and "MODE 0660" in verdict.log
    assert "Invalid" not in "".join(line for line in verdict.log.splitlines() if "78-patriot-dialler" in line)


def test_a_serial_number_names_the_port_too(tmp_path: Path) -> None:
    port = Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1")
    assert "/dev/patriot-dialler/by-id/Maker_Thing_A1" in judge(port, port.tty, tmp_path).properties["DEVLINKS"].split()


@pytest.mark.parametrize(
    "port",
    [
        pytest.param(Port("ttyUSB0", "2c7c", "0125", 0, "option"), id="Quectel, diagnosis"),
        pytest.param(Port("ttyUSB0", "12d1", "1001", 0, "option", protocol="ff"), id="Huawei, data"),
        pytest.param(Port("ttyUSB3", "12d1", "1c05", 3, "option", protocol="03"), id="Huawei, audio"),
    ],
)
def test_another_port_of_a_modem_is_only_kept_from_modem_manager(port: Port, tmp_path: Path) -> None:
    verdict = judge(port, port.tty, tmp_path)
    assert verdict.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert "SYSTEMD_WANTS" not in verdict.properties
    assert "patriot-dialler" not in verdict.properties.get("DEVLINKS", "")


@pytest.mark.parametrize(
    "port",
    [
        pytest.param(Port("ttyUSB0", "0403", "6001", 0, "ftdi_sio"), id="FTDI"),
        pytest.param(Port("ttyUSB0", "10c4", "ea60", 0, "cp210x"), id="CP210x"),
        pytest.param(Port("ttyUSB0", "1a86", "7523", 0, "ch341"), id="CH340"),
        pytest.param(Port("ttyACM0", "2341", "0043", 0, "cdc_acm"), id="Arduino"),
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
