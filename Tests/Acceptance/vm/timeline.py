"""What happened when, for anyone who reads the run."""

from __future__ import annotations

import time


class Timeline:
    """Seconds on the tester's own clock; each chapter begins at zero with what was done."""

    def __init__(self, title: str) -> None:
        self._lines = ["", title]
        self._start = 0.0

    def begin(self, deed: str) -> None:
        self._start = time.monotonic()
        self._lines.append(f"   0.00  {deed}")

    def mark(self, fact: str) -> None:
        self._lines.append(f"{time.monotonic() - self._start:7.2f}    {fact}")

    def __str__(self) -> str:
        return "\n".join(self._lines)
