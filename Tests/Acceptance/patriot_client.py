"""A Patriot 6.13 that connects to the dialler, by the public part of the vendor's page and the `websockets` package."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from events import EventLog
from harness import API_KEY
from patriot_server import Authenticated, Closed, Payload, Received, _status, is_status

# By RFC 6455, 1.3, for a client that does without a package.
UPGRADE = (
    b"GET /dialler HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client_context(certificate: Any = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(certificate) if certificate else None)
    if certificate is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class PatriotClient:
    """One connection of a Patriot; nothing is sent before `introduce` or `send_text`."""

    def __init__(
        self,
        port: int,
        *,
        path: str = "/dialler",
        address: str = "127.0.0.1",
        certificate: Any = None,
        server_name: str = "localhost",
        source: str | None = None,
    ) -> None:
        self.events: EventLog[Received | Authenticated | Closed] = EventLog("Patriot")
        self._position = 0
        context = client_context(certificate)
        host = f"[{address}]" if ":" in address else address
        opening = connect(
            f"wss://{host}:{port}{path}",
            ssl=context,
            server_hostname=server_name,
            max_size=1 << 20,
            close_timeout=2,
            ping_interval=None,
            **({"source_address": (source, 0)} if source else {}),
        )
        # Closed by `close`: a connection outlives this call.
        self.connection: ClientConnection = contextlib.ExitStack().enter_context(opening)
        self._thread = threading.Thread(target=self._read, name="Patriot", daemon=True)
        self._thread.start()

    def introduce(
        self, payload: object = None, *, type: str = "init-request", request_id: str | None = None
    ) -> None:
        message: dict[str, object] = {"type": type, "payload": {"apiKey": API_KEY} if payload is None else payload}
        if request_id is not None:
            message["requestId"] = request_id
        self.send_text(json.dumps(message))

    def send(self, type: str, **payload: object) -> None:
        self.send_text(json.dumps({"type": type, "payload": payload} if payload else {"type": type}))

    def send_text(self, text: str) -> None:
        self.connection.send(text)

    def send_bytes(self, data: bytes) -> None:
        self.connection.send(data)

    def dial(self, phone_number: str) -> None:
        self.send("dial-request", phoneNo=phone_number, rawPhoneNo=phone_number)

    def hang_up(self) -> None:
        self.send("hangup-request")

    def request_status(self) -> None:
        self.send("call-status-request")

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.connection.close()

    def kill(self) -> None:
        """The PC loses power: a reset, no close handshake."""
        with contextlib.suppress(OSError):
            self.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.socket.shutdown(socket.SHUT_RDWR)

    def expect_answer(self, type: str = "init-response", seconds: float = 10) -> Payload:
        """The answer to the introduction, which is the next message."""
        answer = self._next(lambda event: isinstance(event, Received), type, seconds)
        assert answer.type == type
        return answer.payload

    def expect_admission(self, seconds: float = 10) -> None:
        """Let in, and told that no call is up."""
        assert self.expect_answer(seconds=seconds) == {"success": True}

    def expect_status(self, seconds: float = 5, **expected: object) -> None:
        wanted = _status(expected)
        update = self._next(is_status, f"call-status-update {wanted}", seconds)
        assert update.payload == wanted, f"Patriot was told {update.payload} instead of {wanted}"

    def expect_closed(self, seconds: float = 10) -> int | None:
        return self._next(lambda event: isinstance(event, Closed), "end of the connection", seconds).code

    def expect_quiet(self, seconds: float) -> None:
        self.events.expect_none(lambda event: True, "anything", seconds, self._position)

    def _next(self, matches: Any, what: str, seconds: float) -> Any:
        index, event = self.events.wait_for(matches, what, seconds, self._position)
        self._position = index + 1
        return event

    def _read(self) -> None:
        try:
            for text in self.connection:
                message = json.loads(text)
                self.events.append(Received(message["type"], message.get("payload") or {}))
        except ConnectionClosed:
            pass
        finally:
            self.events.append(Closed(self.connection.close_code))
