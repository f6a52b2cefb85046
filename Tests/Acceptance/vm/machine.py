"""The running machine: QEMU in software emulation, steered through sockets and never through a screen."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from events import EventLog
from harness import ChildProcess
from vm.image import Image

PORTS = 2
# What takes a second on an idle computer may take many on a busy one, and the boot takes ten.
PATIENCE = 60
BOOT_PATIENCE = 300
KERNEL_LINE = (
    "console=ttyS0 panic=-1 quiet mitigations=off nokaslr nopti cryptomgr.notests tsc=reliable no_timer_check "
    "random.trust_cpu=on audit=0 systemd.show_status=0"
)
Entry = dict[str, Any]


class Machine:
    """Debian, booted. USB socket number n is a Unix socket: anyone who connects to it is plugged in."""

    def __init__(self, image: Image, directory: Path) -> None:
        self.directory = directory
        self.journal: EventLog[Entry] = EventLog("journal")
        self._console = directory / "console"
        self._qemu = ChildProcess("qemu", self._command(image))
        self._agent = self._connect("agent").makefile("rwb")
        self._monitor = self._connect("qmp").makefile("rwb")
        self._monitor.readline()  # the greeting
        self.monitor("qmp_capabilities")
        self._journal = self._connect("journal")
        threading.Thread(target=self._read_journal, name="journal", daemon=True).start()
        self.wait_until_up()

    def usb_socket(self, number: int) -> Path:
        return self.directory / f"usb{number}"

    def run(self, command: str, check: bool = True) -> str:
        """Runs a shell command in the machine, as root; its output."""
        self._order(command)
        code, _, output = self._line(self._agent).partition(b" ")
        text = base64.b64decode(output).decode(errors="replace").rstrip("\n")
        assert code == b"0" or not check, f"in the machine: {command}: exit {code.decode()}:\n{text}"
        return text

    def write(self, path: str, text: str, mode: str) -> None:
        encoded = base64.b64encode(text.encode()).decode()
        self.run(f"install -m {mode} /dev/null {path} && base64 --decode <<<{encoded} >{path}")

    def wait_for(self, command: str, seconds: float = PATIENCE) -> None:
        """Until a command succeeds that itself waits or costs next to nothing."""
        deadline = time.monotonic() + seconds
        while self.run(f"{command} && echo DONE", check=False)[-4:] != "DONE":
            assert time.monotonic() < deadline, f"in the machine: not within {seconds} s: {command}"

    def wait_for_message(self, unit: str, words: str, start: int, seconds: float = PATIENCE) -> int:
        """The index of the first journal entry of a unit, at `start` or later, with these words."""

        def matches(entry: Entry) -> bool:
            return unit in (entry.get("_SYSTEMD_UNIT"), entry.get("UNIT")) and words in str(entry.get("MESSAGE"))

        return self.journal.wait_for(matches, f"{words!r} of {unit}", seconds, start)[0]

    def reboot(self) -> None:
        self._order("systemctl reboot")  # its answer may be lost: the agent goes down too
        self.wait_until_up()

    def wait_until_up(self) -> None:
        while self._line(self._agent) != b"READY":
            pass

    def monitor(self, command: str, **arguments: object) -> None:
        """QEMU's own commands."""
        self._monitor.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self._monitor.flush()
        while "return" not in (answer := json.loads(self._line(self._monitor))):
            assert "error" not in answer, f"{command}: {answer}"

    def close(self) -> None:
        self._qemu.kill()

    def evidence(self) -> tuple[str, Callable[[], str]]:
        return "the machine's journal", lambda: "\n".join(map(_text, self.journal.all()))

    def _command(self, image: Image) -> list[str | Path]:
        def chardev(name: str) -> list[str]:
            return ["-chardev", f"socket,id={name},path={self.directory}/{name},server=on,wait=off"]

        words: list[str | Path] = [
            *("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"),
            *("-M", "q35", "-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max", "-smp", "2", "-m", "512"),
            *("-kernel", image.kernel, "-initrd", image.initramfs, "-append", KERNEL_LINE),
            *("-drive", f"file={image.disk},if=none,id=disk,format=raw,snapshot=on", "-device", "virtio-blk-pci,drive=disk"),
            *("-netdev", "user,id=net,ipv6=off", "-device", "virtio-net-pci,netdev=net,romfile="),
            *("-device", "qemu-xhci,id=usb", "-device", "virtio-serial-pci"),
            *("-chardev", f"file,id=console,path={self._console}", "-serial", "chardev:console"),
            *("-qmp", f"unix:{self.directory}/qmp,server=on,wait=off"),
        ]
        for name in ("agent", "journal"):
            words += [*chardev(name), "-device", f"virtserialport,chardev={name},name={name}"]
        for number in range(1, PORTS + 1):
            words += [*chardev(f"usb{number}"), "-device", f"usb-redir,bus=usb.0,port={number},chardev=usb{number}"]
        return words

    def _connect(self, name: str) -> socket.socket:
        """As soon as QEMU listens."""
        deadline = time.monotonic() + PATIENCE
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self.directory / name))
                connection.settimeout(BOOT_PATIENCE)
                return connection
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                alive = self._qemu.is_running and time.monotonic() < deadline
                assert alive, f"QEMU does not listen:\n{self._last_words()}"

    def _order(self, command: str) -> None:
        self._agent.write(base64.b64encode(command.encode()) + b"\n")
        self._agent.flush()

    def _line(self, stream: Any) -> bytes:
        line: bytes = stream.readline()
        assert line.endswith(b"\n"), f"QEMU ended:\n{self._last_words()}"
        return line.rstrip(b"\r\n")

    def _last_words(self) -> str:
        return f"{self._qemu.transcript()}\n{self._console.read_text(errors='replace')[-4000:]}"

    def _read_journal(self) -> None:
        self._journal.settimeout(None)
        for line in self._journal.makefile("rb"):
            try:
                self.journal.append(json.loads(line))
            except ValueError:  # a line that a reboot cut
                continue


def _text(entry: Entry) -> str:
    return f"{entry.get('SYSLOG_IDENTIFIER')}: {entry.get('MESSAGE')}"
