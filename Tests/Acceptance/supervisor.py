"""systemd's side of sd_notify(3): what the daemon says of itself, and whether it feeds the watchdog."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from events import EventLog


class Supervisor:
    """Listens on a NOTIFY_SOCKET and keeps each datagram. It kills nobody."""

    def __init__(self, path: Path, watchdog_seconds: float) -> None:
        self.said: EventLog[str] = EventLog("supervisor")
        self.feed_interval = watchdog_seconds / 2
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(round(watchdog_seconds * 1e6))}
        self._thread = threading.Thread(target=self._read, name="supervisor", daemon=True)
        self._thread.start()

    def wait_for_feed(self, seconds: float, start: int | None = None) -> None:
        """Until the daemon's loop has turned once more."""
        self.said.wait_for(
            lambda text: "WATCHDOG=1" in text, "feed of the watchdog", seconds, len(self.said) if start is None else start
        )

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)
        self._socket.close()

    def _read(self) -> None:
        while text := self._socket.recv(4096):
            self.said.append(text.decode())
