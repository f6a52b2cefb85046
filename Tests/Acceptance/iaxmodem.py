"""Debian's `iaxmodem`: a software fax modem on a pty, wired to a second one over loopback.

Its AT interpreter shares nothing with this project. What it says, as observed with version 1.2.0:

- It wants `+FCLASS=1`; in class 0 a dial never gets further than ringing.
- `+VCID=1` turns caller ID on. It then comes *before* the first RING and without blanks:
  `\\r\\nDATE=1122\\r\\n\\r\\nTIME=2230\\r\\n\\r\\nNAME=Site a\\r\\n\\r\\nNMBR=5550101\\r\\n` …,
  `\\r\\nRING\\r\\n`; RING alone every 5 s after that. `NDID=` among the lines is the number that was called.
- A call to a modem that is busy, or hung up less than 5 s ago, ends in `NO DIALTONE` at once.
- After CONNECT the first character typed only ends the reception (answer: DLE ETX, then OK); `ATH` works after that.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness import ChildProcess
from serial_peers import Terminal

CONFIGURATION_DIRECTORY = Path("/etc/iaxmodem")
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class IaxModem(ChildProcess):
    """One modem. It listens on `port` of loopback and places its calls to `peer_port`."""

    def __init__(self, directory: Path, name: str, number: str, port: int, peer_port: int) -> None:
        self.device = directory / f"tty-{name}"
        configuration = directory / f"{name}.conf"
        configuration.write_text(
            f"device {self.device}\n"
            "owner root:root\n"
            "mode 660\n"
            f"port {port}\n"
            "refresh 0\n"  # no registration: there is no exchange
            f"server 127.0.0.1:{peer_port}\n"
            f"peername {name}\n"
            "secret none\n"
            f"cidname Site {name}\n"
            f"cidnumber {number}\n"
            "codec alaw\n"
            "nodaemon\n"
        )
        # It knows configurations by their name in one directory; line buffering lets its log be waited for.
        relative = os.path.relpath(configuration, CONFIGURATION_DIRECTORY)
        super().__init__(f"iaxmodem {name}", ["stdbuf", "-oL", "iaxmodem", relative])
        self.wait_for_line("Created .* symbolic link")


def call(caller: Terminal, called: IaxModem, number: str, tries: int = 15) -> None:
    """Dials until the call arrives: a modem refuses calls for 5 s after its last hang-up."""
    position = len(called.output)
    for _ in range(tries):
        caller.type(f"ATDT{number}")
        if called.output.find(lambda line: "Incoming call" in line, seconds=1, start=position):
            return
    raise AssertionError(f"{called.name}: no call arrived in {tries} tries. The caller read {caller.everything()!r}")


@contextmanager
def loopback_only() -> Iterator[None]:
    """Moves this thread, and all that it starts, into a network namespace with nothing but loopback."""
    with open("/proc/thread-self/ns/net") as before:
        _check(_libc.unshare(_CLONE_NEWNET), "unshare (root is needed)")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            _check(_libc.setns(before.fileno(), _CLONE_NEWNET), "setns")


def _check(result: int, call_name: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{call_name}: {os.strerror(ctypes.get_errno())}")
