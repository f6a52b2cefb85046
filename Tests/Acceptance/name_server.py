"""A name server (RFC 1035) that knows one address forevery name, and fails as it is told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Literal

Mood = Literal["answers", "silent", "fails", "denies"]


class NameServer:
    """On UDP port 53 of `address`, in the network namespace in which it is made."""

    def __init__(self, known: str, address: str = "127.0.0.1") -> None:
        self.mood: Mood = "answers"
        self.delay = 0.0
        self.questions = 0
        self._known = known
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Of a socket that is connected to nobody it says that, and wakes its reader anyway.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, asker = self._socket.recvfrom(512)
            except OSError:
                return
            if not question:
                return
            self.questions += 1
            if self.mood != "silent":
                time.sleep(self.delay)
                self._socket.sendto(self._answer(question), asker)

    def _answer(self, question: bytes) -> bytes:
        end = question.index(0, 12) + 5
        (kind,) = struct.unpack("!H", question[end - 4 : end - 2])
        code = {"answers": 0, "fails": 2, "denies": 3}[self.mood]
        has_address = code == 0 and kind == 1
        head = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, int(has_address), 0, 0)
        if not has_address:
            return head + question[12:end]
        return head + question[12:end] + struct.pack("!HHHIH", 0xC00C, 1, 1, 5, 4) + socket.inet_aton(self._known)
