"""Both ends of a line in one place, so that one clock times them: Patriot's TLS socket and the modem's pseudo-terminal.

What a line says is read as soon as it comes, and answered from fixed text: the rig's own time is the same for all that is
measured with it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import pty
import re
import select
import socket
import ssl
import time
import tty
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 20.0
# RFC 6455, 5.2: whole frames.
TEXT, PING, PONG = 0x81, 0x89, 0x8A
AUTHENTICATED = b'{"type":"authentication-response","payload":{"success":true}}'
# What a Huawei stick says before its OK.
INFORMATION = {
    b"ATI": b"Manufacturer: huawei\r\nModel: E173\r\n",
    b"AT+CPIN?": b"+CPIN: READY\r\n",
    b"AT+CREG?": b"+CREG: 1,1\r\n",
    b"AT+CSQ": b"+CSQ: 20,99\r\n",
    b"AT^CVOICE?": b"^CVOICE:0\r\n",
}


@dataclass
class Said:
    """What a line said on one of its sides, not yet looked at, each with the moment at which it was read."""

    texts: deque[tuple[float, bytes]] = field(default_factory=deque)
    count: int = 0

    def append(self, moment: float, text: bytes) -> None:
        self.texts.append((moment, text))
        self.count += 1

    def take(self, pattern: re.Pattern[bytes]) -> float | None:
        """The moment of the first that matches; those before it are dropped."""
        while self.texts:
            moment, text = self.texts.popleft()
            if pattern.search(text):
                return moment
        return None


class Rig:
    """One line's peers."""

    def __init__(self, directory: Path, tls: ssl.SSLContext, *, is_floor: bool = False) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.modem, self.patriot, self.supervisor = Said(), Said(), Said()
        self.calls = b""  # the rows of AT+CLCC
        self.device = directory / "modem"
        self.notify_socket = directory / "notify"
        self._is_floor = is_floor
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notifications.bind(str(self.notify_socket))
        self._connection: ssl.SSLSocket | None = None
        # Whether we connected to the line: then our frames are masked, and the line's are not (RFC 6455, 5.1).
        self._is_client = False
        self._frames = b""
        self.plug()

    def close(self) -> None:
        self.unplug()
        for each in (self._connection, self._listener, self._notifications):
            if each is not None:
                each.close()

    # The modem

    def plug(self) -> None:
        self._modem, self._terminal = pty.openpty()
        tty.setraw(self._terminal)
        os.set_blocking(self._modem, False)
        self._line = b""
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(self._terminal))

    def unplug(self) -> None:
        os.close(self._terminal)
        os.close(self._modem)

    def say(self, text: bytes) -> float:
        """The modem speaks; the moment just before."""
        moment = time.perf_counter()
        os.write(self._modem, text)
        return moment

    def _read_modem(self) -> None:
        read = os.read(self._modem, 4096)
        moment = time.perf_counter()
        *lines, self._line = (self._line + read).split(b"\r")
        for line in lines:
            self.modem.append(moment, line)
            if line.startswith(b"AT") and not self._is_floor:
                text = self.calls if line == b"AT+CLCC" else INFORMATION.get(line, b"")
                os.write(self._modem, b"\r\n" + text + (b"\r\nOK\r\n" if text else b"OK\r\n"))

    # Patriot

    def send(self, text: bytes) -> float:
        """A text frame; the moment just before."""
        assert self._connection is not None and len(text) < 126
        moment = time.perf_counter()
        self._connection.sendall(self._frame(TEXT, text))
        return moment

    def _frame(self, kind: int, text: bytes) -> bytes:
        if self._is_client:
            # A mask of zeros leaves the text as it is.
            return bytes([kind, 0x80 | len(text)]) + bytes(4) + text
        return bytes([kind, len(text)]) + text

    def connect(self, port: int, api_key: str) -> None:
        """To a line that listens there, as a Patriot 6.13 does."""
        plain = socket.create_connection(("127.0.0.1", port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._connection = connection = context.wrap_socket(plain)
        self._is_client = True
        connection.sendall(
            b"GET /dialler HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer
        self.send(b'{"type":"init-request","payload":{"apiKey":"' + api_key.encode() + b'"}}')

    def _accept(self) -> None:
        accepted, _ = self._listener.accept()
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = self._tls.wrap_socket(accepted, server_side=True)
        if not self._is_floor:
            self._upgrade(self._connection)

    @staticmethod
    def _upgrade(connection: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096)
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", request)
        assert key is not None
        digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )

    def _read_patriot(self, connection: ssl.SSLSocket) -> None:
        read = connection.recv(65536)
        moment = time.perf_counter()
        assert read, "the line closed its connection"
        self._frames += read
        while (frame := self._take_frame()) is not None:
            kind, text = frame
            if kind == PING:
                connection.sendall(self._frame(PONG, text))
                continue
            self.patriot.append(moment, text)
            if b"authentication-request" in text:
                self.send(AUTHENTICATED)

    def _take_frame(self) -> tuple[int, bytes] | None:
        data = self._frames
        if len(data) < 2:
            return None
        start, length = (4, int.from_bytes(data[2:4])) if data[1] & 0x7F == 0x7E else (2, data[1] & 0x7F)
        start += 0 if self._is_client else 4
        if len(data) < start + length:
            return None
        mask, self._frames = bytes(4) if self._is_client else data[start - 4 : start], data[start + length :]
        return data[0], bytes(byte ^ mask[index % 4] for index, byte in enumerate(data[start : start + length]))

    # Both

    def sources(self) -> dict[int, Callable[[], None]]:
        found = {
            self._modem: self._read_modem,
            self._listener.fileno(): self._accept,
            self._notifications.fileno(): lambda: self.supervisor.append(
                time.perf_counter(), self._notifications.recv(4096)
            ),
        }
        connection = self._connection
        if connection is not None:
            found[connection.fileno()] = lambda: self._read_patriot(connection)
        return found

    def has_unread(self) -> bool:
        """Decrypted already, so that no poll tells of it."""
        return self._connection is not None and self._connection.pending() > 0

    def wait(self, said: Said, pattern: bytes) -> float:
        """The moment at which the line said something that matches."""
        compiled = re.compile(pattern)
        deadline = time.perf_counter() + PATIENCE
        while (moment := said.take(compiled)) is None:
            assert time.perf_counter() < deadline, f"the line did not say {pattern!r}"
            pump([self], 0.5)
        return moment

    def wait_until_ready(self) -> float:
        return self.wait(self.supervisor, rb"STATUS=Ready")


def pump(rigs: Iterable[Rig], seconds: float) -> None:
    """Reads what the lines said, waiting so long for the first word."""
    sources: dict[int, Callable[[], None]] = {}
    for rig in rigs:
        if rig.has_unread():
            seconds = 0
            assert rig._connection is not None
            rig._read_patriot(rig._connection)
        sources |= rig.sources()
    poller = select.poll()
    for source in sources:
        poller.register(source, select.POLLIN)
    for source, event in poller.poll(seconds * 1000):
        if event & select.POLLIN:
            sources[source]()


def serve(rigs: list[Rig], seconds: float) -> None:
    """Lets time pass."""
    deadline = time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        pump(rigs, left)
