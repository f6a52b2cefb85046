"""The console's screen: rows that scroll away, and one at the bottom that is typed on."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pyte

from harness import BINARY
from screen import Screen


class ConsoleScreen(Screen):
    """`console` on a terminal. `flaws` are the screens, as ever shown, on which the row that is typed on was missing."""

    def __init__(self, options: tuple[str | Path, ...], size: tuple[int, int], **environment: str) -> None:
        columns, rows = size
        super().__init__([BINARY, "console", *options], columns, rows, **{"NO_COLOR": "1", **environment})
        self._emulator = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.Stream(self._emulator)
        self.prompt: str | None = None
        self.flaws: list[str] = []

    @property
    def rows(self) -> list[str]:
        """All that is on the screen, without the blank rows below."""
        rows = self.display
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def everything(self) -> list[str]:
        """What has scrolled away, too."""
        gone = ["".join(row[column].data for column in sorted(row)).rstrip() for row in self._emulator.history.top]
        return gone + self.rows

    @property
    def cursor(self) -> int:
        """The column, from 0."""
        return int(self._emulator.cursor.x)

    def find_row(self, pattern: str, start: int = 0, seconds: float = 20) -> int:
        """The index, in `everything`, of the first row from `start` in which the pattern is found."""
        found = re.compile(pattern)
        deadline = time.monotonic() + seconds
        while True:
            for index, row in enumerate(self.everything):
                if index >= start and found.search(row):
                    return index
            self._read_more(pattern, deadline)

    def wait_for_last_row(self, pattern: str, seconds: float = 20) -> None:
        """Until the row that is typed on is this."""
        deadline = time.monotonic() + seconds
        while not re.fullmatch(pattern, self.rows[-1] if self.rows else ""):
            self._read_more(pattern, deadline)

    def picture(self) -> str:
        return "\n".join(self.rows)

    def _read_more(self, awaited: str, deadline: float) -> None:
        if not self._read(deadline - time.monotonic()):
            raise AssertionError(f"not on the screen: /{awaited}/. It shows:\n{self.picture()}")

    def _take(self, chunk: bytes) -> None:
        super()._take(chunk)
        # A large write comes in pieces; between these marks a terminal waits for the rest.
        if self.text.rfind("\x1b[?2026h") > self.text.rfind("\x1b[?2026l"):
            return
        if self.prompt is not None and not any(row.startswith(self.prompt) for row in self.rows[-3:]):
            self.flaws.append(self.picture())
