"""A terminal with a screen: what a person sees on it, as text."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from terminal import Terminal


class Screen(Terminal):
    """A program on an xterm of a size, emulated by pyte."""

    def __init__(self, command: list[str | Path], columns: int, rows: int, **environment: str) -> None:
        self._emulator = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._emulator)
        # A read may end in the middle of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._before: list[object] = []
        inherited = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "LC_ALL", "LC_CTYPE")}
        defaults = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        super().__init__(command, inherited | defaults | environment)

    @property
    def display(self) -> list[str]:
        """The rows, without the spaces at their ends."""
        return [row.rstrip() for row in self._emulator.display]

    def wait_until(self, is_seen: Callable[[str], object], what: str, seconds: float = 20) -> str:
        """Until the screen, as one text, shows it; the text."""
        deadline = time.monotonic() + seconds
        while not is_seen(text := "\n".join(self.display)):
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"not on the screen: {what}. It shows:\n{text}")
        return text

    def wait_for_row(self, pattern: str, seconds: float = 20) -> str:
        """The first row in which the pattern is found."""
        text = self.wait_until(re.compile(pattern, re.MULTILINE).search, f"/{pattern}/", seconds)
        return next(row for row in text.split("\n") if re.search(pattern, row))

    def resize(self, columns: int, rows: int) -> None:
        self._emulator.resize(rows, columns)
        self._set_size(self._master)

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    @property
    def is_as_before(self) -> bool:
        """Whether the terminal has the settings that it had when the program was given it."""
        return termios.tcgetattr(self._master) == self._before

    def _prepare(self, terminal: int) -> None:
        self._set_size(terminal)
        self._before = termios.tcgetattr(terminal)

    def _set_size(self, terminal: int) -> None:
        size = struct.pack("HHHH", self._emulator.lines, self._emulator.columns, 0, 0)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)

    def _take(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk)
        self.text += text
        self._stream.feed(text)
