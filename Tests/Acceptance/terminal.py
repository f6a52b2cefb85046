"""A person at a terminal: the program runs on a pseudo-terminal and is answered as its questions come."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

from harness import die_with_parent


class Terminal:
    """A program whose standard input, output and error are one terminal."""

    def __init__(self, command: list[str | Path], environment: dict[str, str] | None = None) -> None:
        self.text = ""
        self._position = 0
        self._master, slave = pty.openpty()
        self._prepare(slave)
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=self._take_terminal,
        )
        os.close(slave)

    def wait_for(self, question: str, seconds: float = 20) -> None:
        """Until it has shown this, after what was waited for before."""
        deadline = time.monotonic() + seconds
        while (found := self.text.find(question, self._position)) < 0:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"not seen: {question!r}. Seen:\n{self.text}")
        self._position = found + len(question)

    def answer(self, question: str, answer: str) -> None:
        self.wait_for(question)
        self.type(answer + "\n")

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def set_width(self, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    @property
    def is_echoing(self) -> bool:
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def exit_code(self, seconds: float = 20) -> int:
        """Its exit code, negative when a signal ended it; all it showed is read then."""
        deadline = time.monotonic() + seconds
        while self._read(deadline - time.monotonic()):
            pass
        return self._process.wait(seconds)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        """More text; false when the time is over or nobody has the terminal any more."""
        if seconds <= 0 or not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self._master, 4096)
        except OSError:
            return False
        self._take(chunk)
        return bool(chunk)

    def _prepare(self, terminal: int) -> None:
        """Before the program has it."""

    def _take(self, chunk: bytes) -> None:
        self.text += chunk.decode(errors="backslashreplace").replace("\r\n", "\n")

    @staticmethod
    def _take_terminal() -> None:
        """Runs in the child, which leads a session of its own: Ctrl-C on this terminal is for it."""
        die_with_parent()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
