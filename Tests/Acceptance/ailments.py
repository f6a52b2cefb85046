"""How a healthy line is put together, for the cases that make it ill.

Each case is a function that makes a line ill, yields what doctor is to find first, and then, if that can be done here,
follows the remedy that it is handed; at its second `yield` doctor must not find it any more.
"""

from __future__ import annotations

import os
import sys
import tty
from collections.abc import Callable, Generator
from pathlib import Path

from clinic import Clinic, Finding
from harness import ChildProcess
from mocked_usb import Port

Treatment = Generator[str, Finding, None]
Case = Callable[[Clinic], Treatment]
CASES: list[Case] = []


def case(function: Case) -> Case:
    CASES.append(function)
    return function


def whole(clinic: Clinic, modem: tuple[str, ...] = ("generic-gsm",)) -> ChildProcess:
    """A file, a simulated modem and a Patriot."""
    simulated = clinic.use_modem(*modem)
    clinic.use_patriot()
    clinic.write()
    return simulated


def service(clinic: Clinic, *ports: Port) -> None:
    """A unit that runs, on a modem that is there."""
    clinic.is_unit = True
    clinic.ports = list(ports)
    if not ports:
        clinic.use_modem()
        node = clinic.bench.modem_link.resolve()
        node.chmod(0o666)
    clinic.write(PATRIOT_ADDRESS="127.0.0.1")


def silent_port(clinic: Clinic) -> None:
    """A serial port on which nobody answers, and which nobody has open."""
    modem, port = os.openpty()
    clinic.bench.closing.callback(os.close, modem)
    tty.setraw(port)
    os.fchmod(port, 0o666)
    replug(clinic, Path(os.ttyname(port)))
    os.close(port)


def replug(clinic: Clinic, node: Path) -> None:
    clinic.bench.modem_link.unlink(missing_ok=True)
    clinic.bench.modem_link.symlink_to(node)


def holder(clinic: Clinic, name: str) -> ChildProcess:
    """Another program, of that name, that has the modem's port."""
    program = f"""
import ctypes, fcntl, os, sys
ctypes.CDLL(None).prctl(15, {name.encode()!r})
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(port, fcntl.LOCK_EX)
print("holds it", flush=True)
sys.stdin.read()
"""
    child = ChildProcess(name, [sys.executable, "-c", program, clinic.bench.modem_link])
    clinic.bench.keep(child)
    child.wait_for_line("holds it")
    return child


def managed(power: str = "on") -> Port:
    """The modem as the rules leave it."""
    return Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1", power=power, is_managed=True)
