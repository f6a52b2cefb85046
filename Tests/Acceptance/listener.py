"""What listens on loopback and is not Patriot."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Listener:
    """Hands each connection to `serve`, one after another, in a thread of its own. It is closed afterwards.

    - seconds: how long a connection may say nothing.
    """

    def __init__(self, serve: Callable[[socket.socket], None], seconds: float = 20) -> None:
        self._serve, self._seconds = serve, seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=30)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(self._seconds)
            with connection, contextlib.suppress(OSError):
                self._serve(connection)
