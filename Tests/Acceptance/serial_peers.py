"""What sits on the far side of a tty: a modem written for these tests, and a person at a terminal."""

from __future__ import annotations

import fcntl
import os
import re
import select
import termios
import threading
import time
import tty
from pathlib import Path

from events import EventLog


class ByteStream:
    """Reads a descriptor in a thread and keeps every byte."""

    def __init__(self, descriptor: int, name: str) -> None:
        self.name = name
        self.descriptor = descriptor
        self._bytes = bytearray()
        self._changed = threading.Condition()
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._read, name=name, daemon=True)
        self._thread.start()

    def everything(self) -> bytes:
        with self._changed:
            return bytes(self._bytes)

    def write(self, data: bytes) -> None:
        os.write(self.descriptor, data)

    def wait_for(self, pattern: bytes, seconds: float = 10, start: int = 0) -> re.Match[bytes]:
        """The first match of the regular expression in what was read, at offset `start` or later."""
        found = self.find(pattern, seconds, start)
        if found is None:
            raise AssertionError(
                f"{self.name}: no {pattern!r} within {seconds} s. Read since: {self.everything()[start:]!r}"
            )
        return found

    def find(self, pattern: bytes, seconds: float, start: int = 0) -> re.Match[bytes] | None:
        """As `wait_for`, but `None` when the time is over."""
        compiled, deadline = re.compile(pattern), time.monotonic() + seconds
        with self._changed:
            while (found := compiled.search(self._bytes[start:])) is None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self._changed.wait(remaining)
        return found

    def close(self) -> None:
        os.write(self._stop_writer, b"x")
        self._thread.join(timeout=10)
        for descriptor in (self.descriptor, self._stop_reader, self._stop_writer):
            os.close(descriptor)

    def received(self, chunk: bytes) -> None:
        """Called in the reading thread after the bytes were kept; for subclasses."""

    def _read(self) -> None:
        while True:
            readable, _, _ = select.select([self.descriptor, self._stop_reader], [], [])
            if self._stop_reader in readable:
                return
            try:
                chunk = os.read(self.descriptor, 4096)
            except OSError:
                return
            with self._changed:
                self._bytes += chunk
                self._changed.notify_all()
            self.received(chunk)


def release_after_kill(device: Path) -> None:
    """Takes `TIOCEXCL` off a tty whose user was killed.

    A modem's tty forgets it with its last user. A pseudo-terminal does not as long as its modem's side has it open too.
    """
    descriptor = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, termios.TIOCNXCL)
    os.close(descriptor)


class Terminal(ByteStream):
    """A person at a terminal program: opens a modem's tty and types commands."""

    def __init__(self, device: Path, name: str) -> None:
        descriptor = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(descriptor)
        super().__init__(descriptor, name)

    def type(self, command: str) -> int:
        """Types one command line; the offset from which to wait for its answer."""
        position = len(self.everything())
        self.write(command.encode("ascii") + b"\r")
        return position

    def ask(self, command: str, answer: bytes = rb"\r\nOK\r\n", seconds: float = 5) -> bytes:
        """Types a command and waits for its final result code."""
        return self.wait_for(answer, seconds, self.type(command)).group()


class PtyModem(ByteStream):
    """A plain GSM modem of the standard (3GPP 27.007) on a pty, behind a link that stays the same.

    It answers what it is asked and says nothing by itself: the daemon has to find out with `+CLCC`.
    Every byte the daemon writes is kept.
    """

    ACTIVE, DIALING, ALERTING, INCOMING = 0, 2, 3, 4

    def __init__(self, link: Path) -> None:
        self.link = link
        self.commands: EventLog[str] = EventLog("modem")
        self.mute: frozenset[str] = frozenset()
        self.call: str | None = None
        self._echo = True
        self._line = bytearray()
        master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._slave))
        super().__init__(master, "modem")

    def set_call(self, stat: int, number: str = "5550123") -> None:
        """The call as the network sees it: `+CLCC` state (27.007, 7.18)."""
        direction = 1 if stat == self.INCOMING else 0
        self.call = f'+CLCC: 1,{direction},{stat},0,0,"{number}",129'

    def ring(self, number: str) -> None:
        self.set_call(self.INCOMING, number)
        self.say("RING", f'+CLIP: "{number}",129')

    def say(self, *lines: str) -> None:
        self.write(b"".join(b"\r\n" + line.encode() + b"\r\n" for line in lines))

    def wait_for_command(self, pattern: str, seconds: float = 10, start: int = 0) -> int:
        """The index of the first whole command line that matches, at `start` or later."""
        found = re.compile(pattern)
        return self.commands.wait_for(lambda line: bool(found.match(line)), f"command {pattern}", seconds, start)[0]

    def wait_for_poll(self) -> None:
        """Until the daemon has asked twice for the calls, so that it has seen an answer to the first."""
        first = self.wait_for_command(r"AT\+CLCC$", start=len(self.commands))
        self.wait_for_command(r"AT\+CLCC$", start=first + 1)

    def leave_the_port(self) -> None:
        """From now on only the other program has the port open, as with a real modem."""
        os.close(self._slave)
        self._slave = os.open(os.devnull, os.O_RDWR)

    def unplug(self) -> None:
        """The USB plug is pulled: reads of the daemon end, the device node goes."""
        self.link.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        if self._slave < 0:
            return
        os.close(self._slave)
        self._slave = -1
        super().close()

    def received(self, chunk: bytes) -> None:
        if self._echo:
            self.write(chunk)
        for byte in chunk:
            if byte == 0x0D:
                line, self._line = self._line.decode("latin-1"), bytearray()
                self._execute(line)
            elif byte != 0x0A or self._line:
                self._line.append(byte)

    def _execute(self, line: str) -> None:
        if not line.upper().startswith("AT"):
            return
        body = line[2:].upper()
        if body.startswith("E0") or body.startswith("Z") and "E0" in body:
            self._echo = False
        if body.startswith("D"):
            self.set_call(self.DIALING, body.strip("DT;"))
        hangs_up = body in ("H", "H0", "+CHUP")
        muted = any(body.startswith(command) for command in self.mute)
        if hangs_up and not muted:
            self.call = None
        self.commands.append(line)
        if not muted:
            self.say(*self._answer(body), "OK")

    def _answer(self, body: str) -> list[str]:
        if body == "+CLCC":
            return [self.call] if self.call else []
        fixed = {
            "+CPIN?": "+CPIN: READY",
            "+CREG?": "+CREG: 0,1",
            "+CGREG?": "+CGREG: 0,1",
            "+CEREG?": "+CEREG: 0,1",
            "+CSQ": "+CSQ: 20,99",
            "+CPAS": "+CPAS: 4" if self.call else "+CPAS: 0",
            "+CFUN?": "+CFUN: 1",
            "I": "ACME GSM",
            "+CGMI": "ACME",
            "+CGMM": "GSM",
            "+CGMR": "1.0",
        }
        return [fixed[body]] if body in fixed else []
