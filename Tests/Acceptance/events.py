"""Waiting for something to happen, with a time limit and never with a fixed sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Event = TypeVar("Event")


class EventLog(Generic[Event]):
    """What one peer saw, in order. One thread appends, another waits."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._events: list[Event] = []
        self._moments: list[float] = []
        self._changed = threading.Condition()

    def append(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._moments.append(time.monotonic())
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._events)

    def all(self, start: int = 0) -> list[Event]:
        with self._changed:
            return self._events[start:]

    def moment(self, index: int) -> float:
        """When the event came, on the clock of `time.monotonic`."""
        with self._changed:
            return self._moments[index]

    def wait_for(
        self, matches: Callable[[Event], bool], what: str, seconds: float = 10, start: int = 0
    ) -> tuple[int, Event]:
        """The first matching event at index `start` or later, with its index."""
        found = self.find(matches, seconds, start)
        if found is None:
            raise AssertionError(f"{self.owner}: no {what} within {seconds} s. Seen since:\n{self._listing(start)}")
        return found

    def expect_none(self, matches: Callable[[Event], bool], what: str, seconds: float, start: int = 0) -> None:
        """Watches for `seconds`, since only time can show that something does not happen."""
        found = self.find(matches, seconds, start)
        if found is not None:
            raise AssertionError(f"{self.owner}: unexpected {what}: {found[1]!r}")

    def find(self, matches: Callable[[Event], bool], seconds: float, start: int) -> tuple[int, Event] | None:
        """As `wait_for`, but `None` when the time is over."""
        deadline = time.monotonic() + seconds
        index = start
        with self._changed:
            while True:
                while index < len(self._events):
                    if matches(self._events[index]):
                        return index, self._events[index]
                    index += 1
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self._changed.wait(remaining)

    def _listing(self, start: int) -> str:
        return "\n".join(f"  {event!r}" for event in self.all(start)[-40:]) or "  (nothing)"


def until(
    condition: Callable[[], bool],
    what: str | Callable[[], str],
    seconds: float = 10,
    check: Callable[[], object] = lambda: None,
    pause: float = 0.02,
) -> None:
    """For what no log tells: asks until it is so.

    - what: a function is asked when it was awaited in vain.
    - check: raises when there is nothing to wait for any more.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        check()
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what if isinstance(what, str) else what()}")
        time.sleep(pause)
