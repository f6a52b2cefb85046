"""A modem of three kinds whose line is the truth: it lists its calls, refuses to, or is analog and cannot."""

from __future__ import annotations

import os
import re
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from serial_peers import ByteStream


class LineModem(ByteStream):
    """On a pty. The network answers each dial after `ring_time`, and nobody there hangs up by himself.

    `is_off_hook` is the truth about the line, `dialled` the numbers that were dialled, in order.
    """

    def __init__(self, link: Path, kind: str) -> None:
        self.link, self.kind = link, kind
        self.dialled: list[str] = []
        self.is_off_hook = self.is_talking = False
        # The modem reads and answers nothing.
        self.is_deaf = False
        # Before each answer, in seconds.
        self.delay = 0.0
        self.ring_time = 0.2
        self.number = ""
        self.last_heard = ""
        self._echo = True
        self._line = bytearray()
        self._generation = 0
        self._lock = threading.RLock()
        self._open(link)

    def _open(self, link: Path) -> None:
        master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._slave))
        super().__init__(master, "modem")

    def replug(self) -> None:
        """The adapter is pulled and plugged in again; the modem behind it has power of its own and notices nothing."""
        self.close()
        self._line.clear()
        self._open(self.link)

    def close(self) -> None:
        if self._slave < 0:
            return
        self.link.unlink(missing_ok=True)
        os.close(self._slave)
        self._slave = -1
        super().close()

    def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"the modem: off hook {self.is_off_hook}, heard {self.last_heard}"
            time.sleep(0.01)

    def received(self, chunk: bytes) -> None:
        for byte in chunk:
            if byte != 0x0D:
                self._line.append(byte)
                continue
            line, self._line = self._line.decode("latin-1"), bytearray()
            self.last_heard = line
            if self.is_deaf:
                continue
            if self._echo:
                self._say_raw(line.encode() + b"\r")
            if line.upper().startswith("AT"):
                time.sleep(self.delay)
                self._execute(line[2:].upper())

    def _say_raw(self, data: bytes) -> None:
        try:
            os.write(self.descriptor, data)
        except OSError:
            pass

    def _say(self, *lines: str) -> None:
        if not self.is_deaf:
            self._say_raw(b"".join(b"\r\n" + line.encode() + b"\r\n" for line in lines))

    def _execute(self, body: str) -> None:
        if body.startswith("E0"):
            self._echo = False
        if body.startswith("D"):
            return self._dial(re.sub(r"[^0-9+]", "", body[1:]))
        if body in ("H", "H0", "+CHUP") or body.startswith("+CHLD=1"):
            self._hang_up()
        if body == "+CLCC":
            return self._list()
        if self.kind == "analog":
            return self._say("ERROR") if body.startswith("+") and body[1:3] in ("CR", "CP", "CG", "CL") else self._say("OK")
        fixed = {"+CPIN?": "+CPIN: READY", "+CREG?": "+CREG: 0,1", "+CSQ": "+CSQ: 20,99", "+CGMI": "ACME", "+CGMM": "GSM"}
        self._say(*([fixed[body]] if body in fixed else []), "OK")

    def _list(self) -> None:
        if self.kind != "listing":
            return self._say("ERROR")
        state = 0 if self.is_talking else 3
        rows = [f'+CLCC: 1,0,{state},0,0,"{self.number}",129'] if self.is_off_hook else []
        self._say(*rows, "OK")

    def _dial(self, number: str) -> None:
        with self._lock:
            if self.is_off_hook:
                self.dialled.append(f"second call: {number}")
                return self._say("ERROR")
            self.dialled.append(number)
            self.number, self.is_off_hook, self.is_talking = number, True, False
            self._generation += 1
            generation = self._generation
        threading.Timer(self.ring_time, self._answered, (generation,)).start()
        if self.kind != "analog":
            self._say("OK")

    def _answered(self, generation: int) -> None:
        with self._lock:
            if self._generation != generation or not self.is_off_hook:
                return
            self.is_talking = True
        if self.kind == "analog":
            self._say("OK")

    def _hang_up(self) -> None:
        with self._lock:
            self.is_off_hook = self.is_talking = False
            self._generation += 1
