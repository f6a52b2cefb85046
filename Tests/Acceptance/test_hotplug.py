"""libudev on mocked devices: what the program sees of ports that are there, come and go."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from harness import BINARY, ChildProcess
from mocked_usb import ADAPTER, MODEM, MODEM_AGAIN

WORLD = Path(__file__).with_name("mocked_usb.py")


@pytest.fixture
def watch() -> Iterator[ChildProcess]:
    child = ChildProcess("watch", ["umockdev-wrapper", sys.executable, WORLD, BINARY, "modems", "--watch", "--json"])
    yield child
    child.close()


def events(watch: ChildProcess) -> list[dict[str, Any]]:
    return [json.loads(line) for line in watch.output.all()]


def test_a_modem_that_comes_and_goes_is_told_once_each_time_and_keeps_its_name(watch: ChildProcess) -> None:
    watch.wait_for_line('"event":"present"')
    for port in (MODEM, MODEM_AGAIN):
        watch.write_line(f"plug {port.node}")
        watch.wait_for_line(f'"event":"add","node":"/dev/{port.node}"')
        watch.write_line(f"unplug {port.node}")
        watch.wait_for_line(f'"event":"remove","node":"/dev/{port.node}"')
    assert [(event["event"], event["node"], event["role"]) for event in events(watch)] == [
        ("present", f"/dev/{ADAPTER.node}", "serial-adapter"),
        ("add", f"/dev/{MODEM.node}", "gsm-modem"),
        ("remove", f"/dev/{MODEM.node}", "gsm-modem"),
        ("add", f"/dev/{MODEM_AGAIN.node}", "gsm-modem"),
        ("remove", f"/dev/{MODEM_AGAIN.node}", "gsm-modem"),
    ]
    # Under whatever number it comes again.
    names = {event["modem_device"] for event in events(watch) if event["role"] == "gsm-modem"}
    assert names == {f"usb:{MODEM.vendor}:{MODEM.product}:{MODEM.serial}"}


def test_two_modems_with_one_serial_number_are_named_apart() -> None:
    ports = (MODEM, replace(MODEM, node="ttyUSB6", socket=3))
    world = json.dumps([asdict(port) for port in ports])
    command: list[str | Path] = ["umockdev-wrapper", sys.executable, WORLD, "--with", world, BINARY, "modems", "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    names = {port["node"]: port["modem_device"] for port in json.loads(answer.stdout)}
    assert names == {f"/dev/{port.node}": f"path:{port.place.rpartition(':')[0]}" for port in ports}


def test_a_modem_is_one_row_with_the_name_to_write() -> None:
    ports = (MODEM, replace(MODEM, node="ttyUSB1", interface=1, socket=4), replace(MODEM, node="ttyUSB6", socket=3, serial="B2"), ADAPTER)
    world = json.dumps([asdict(port) for port in ports])

    def modems(*words: str) -> str:
        command: list[str | Path] = ["umockdev-wrapper", sys.executable, WORLD, "--with", world, BINARY, "modems", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    reports = {port["node"]: port for port in json.loads(modems("--json"))}
    heading, *rows = modems().split("\n")
    assert re.split(r"  +", heading) == ["MODEM", "PORT", "PROFILE", "HELD BY", "MODEMMANAGER", "SINCE", "MODEM_DEVICE"]
    shown = {cells[1]: cells for cells in (re.split(r"  +", row) for row in rows) if len(cells) == 7}
    known = [node for node, port in reports.items() if port["role"] not in ("other-modem-port", "audio-port")]
    assert sorted(shown) == sorted(known) and f"/dev/{MODEM.node}" in shown and f"/dev/{ADAPTER.node}" in shown
    for node, cells in shown.items():
        assert cells[6] == reports[node]["modem_device"] and cells[2] == reports[node]["profile"]
        assert cells[3] == "nobody" and cells[4] in ("leaves it", "would open it")
    # The last row that there can be: how many more ports.
    assert len(known) == len(ports) or f"{len(ports) - len(known)} more port" in rows[-2]
    details = modems("--verbose")
    assert all(f"/dev/{port.node}  " in details for port in ports) and "plugged in at" in details
