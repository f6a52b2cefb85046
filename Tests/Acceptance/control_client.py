"""A client of the control socket that speaks the protocol itself."""

from __future__ import annotations

import json
import socket
from pathlib import Path


class Client:
    """A program that speaks the protocol itself."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self._reader = self.socket.makefile("rb")
        self._id = 0
        self.hello = self.next().get("hello")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def next(self) -> dict[str, dict[str, object]]:
        line = self._reader.readline()
        assert line, "the line hung up on the client"
        return json.loads(line)  # type: ignore[no-any-return]

    def is_dropped(self) -> bool:
        """Reads to the end, if there is one."""
        try:
            while self._reader.readline():
                pass
        except ConnectionResetError:
            pass
        return True

    def ask(self, request: str, **members: object) -> dict[str, object]:
        id = self.send_request(request, **members)
        while True:
            reply = self.next().get("reply")
            if reply is not None and reply["id"] == id:
                return reply

    def send_request(self, request: str, **members: object) -> int:
        """Without waiting for the reply; its id."""
        self._id += 1
        self.send(json.dumps({"version": 1, "id": self._id, "request": request, **members}).encode() + b"\n")
        return self._id
