"""Patriot's side of the wire, by the vendor's API page and the `websockets` package."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from certificates import Certificate
from events import EventLog
from harness import API_KEY
from listener import Listener

DIALLER_PATH = "/ws/dialler/v1"
Payload = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    path: str
    host: str


@dataclass(frozen=True)
class Received:
    """One message of the dialler."""

    type: str
    payload: Payload


@dataclass(frozen=True)
class Authenticated:
    pass


@dataclass(frozen=True)
class Closed:
    code: int | None


class PatriotServer:
    """A Patriot client that hosts the API on loopback. Tests read `events` in order and send requests."""

    def __init__(
        self, identity: Certificate, *, address: str = "127.0.0.1", port: int = 0, api_key: str = API_KEY
    ) -> None:
        self.events: EventLog[Opened | Received | Authenticated | Closed] = EventLog("Patriot")
        self._api_key = api_key
        self.refusal = "The API key is not valid."
        self._position = 0
        self._tls = server_context(identity)
        self._address, self.port = address, port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._dialler: ServerConnection | None = None
        self.start()

    def start(self) -> None:
        """Listens; after a stop on the same port as before."""
        self._server = serve(
            self._serve_dialler, self._address, self.port, ssl=self._tls, max_size=1 << 20, close_timeout=2
        )
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="Patriot", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """The operator's PC loses power: no close handshake, and nobody listens any more."""
        server, self._server = self._server, None
        if server is None:
            return
        dialler, self._dialler = self._dialler, None
        if dialler is not None:
            reset_on_close = struct.pack("ii", 1, 0)
            with contextlib.suppress(OSError):  # the dialler may have closed it before
                dialler.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset_on_close)
                dialler.socket.shutdown(socket.SHUT_RDWR)
        server.shutdown()
        assert self._thread is not None
        self._thread.join(timeout=10)

    @property
    def is_up(self) -> bool:
        return self._server is not None

    def drop(self) -> None:
        """The connection is cut, and Patriot goes on."""
        with contextlib.suppress(AssertionError, OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)

    def send(self, type: str, **payload: object) -> None:
        self.send_text(json.dumps({"type": type, "payload": payload} if payload else {"type": type}))

    def send_text(self, *fragments: str) -> None:
        """One text message, in several WebSocket fragments if more than one is given."""
        self._connection.send(fragments[0] if len(fragments) == 1 else iter(fragments))

    def send_bytes(self, data: bytes) -> None:
        self._connection.send(data)

    def dial(self, phone_number: str, raw_phone_number: str | None = None) -> None:
        self.send("dial-request", phoneNo=phone_number, rawPhoneNo=raw_phone_number or phone_number)

    def hang_up(self) -> None:
        self.send("hangup-request")

    def request_status(self) -> None:
        self.send("call-status-request")

    def answers_ping(self, seconds: float = 5) -> bool:
        return self._connection.ping().wait(seconds)

    def expect_authentication(self, seconds: float = 15) -> None:
        self._next(lambda event: isinstance(event, Authenticated), "authentication", seconds)

    def expect_status(self, seconds: float = 5, **expected: object) -> None:
        """The next update is exactly this: `active`, and if given `outbound` and `caller_id`."""
        wanted = _status(expected)
        update = self._next(is_status, f"call-status-update {wanted}", seconds)
        assert isinstance(update, Received)
        assert update.payload == wanted, f"Patriot was told {update.payload} instead of {wanted}"

    def wait_for_status(self, seconds: float = 5, **expected: object) -> None:
        """As `expect_status`, but other updates may come before."""
        wanted = _status(expected)
        self._next(lambda event: is_status(event) and event.payload == wanted, f"call-status-update {wanted}", seconds)

    def expect_quiet(self, seconds: float) -> None:
        """No further update for so long."""
        self.events.expect_none(is_status, "call-status-update", seconds, self._position)

    def expect_closed(self, seconds: float = 10) -> int | None:
        closed = self._next(lambda event: isinstance(event, Closed), "end of the connection", seconds)
        assert isinstance(closed, Closed)
        return closed.code

    @property
    def _connection(self) -> ServerConnection:
        assert self._dialler is not None, "the dialler is not connected to Patriot"
        return self._dialler

    def _next(self, matches: Any, what: str, seconds: float) -> Any:
        index, event = self.events.wait_for(matches, what, seconds, self._position)
        self._position = index + 1
        return event

    def _serve_dialler(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self._dialler = connection
        self.events.append(Opened(connection.request.path, connection.request.headers["Host"]))
        try:
            for text in connection:
                message = json.loads(text)
                payload = message.get("payload") or {}
                self.events.append(Received(message["type"], payload))
                if message["type"] == "authentication-request":
                    self._authenticate(connection, payload)
        except ConnectionClosed:
            pass
        finally:
            self.events.append(Closed(connection.close_code))

    def _authenticate(self, connection: ServerConnection, payload: Payload) -> None:
        success = payload.get("apiKey") == self._api_key
        answer: Payload = {"success": success}
        if "requestId" in payload:
            answer["requestId"] = payload["requestId"]
        if not success:
            answer["error"] = self.refusal
        connection.send(json.dumps({"type": "authentication-response", "payload": answer}))
        if success:
            self.events.append(Authenticated())


class Handshakes(Listener):
    """A listener that speaks TLS and no further, or not even that: it keeps what reaches it behind TLS."""

    @dataclass(frozen=True)
    class Attempt:
        """How one connection ended: what the application sent, and the TLS error if there was one."""

        application_data: bytes
        error: str

    def __init__(self, tls: ssl.SSLContext | None, plain_answer: bytes = b"") -> None:
        self.attempts: EventLog[Handshakes.Attempt] = EventLog("listener")
        self._tls = tls
        self._plain_answer = plain_answer
        super().__init__(lambda connection: self.attempts.append(self._attempt(connection)), seconds=5)

    def _attempt(self, connection: socket.socket) -> Attempt:
        stream, data = connection, b""
        try:
            if self._tls is not None:
                stream = self._tls.wrap_socket(connection, server_side=True)
            stream.sendall(self._plain_answer)
            while chunk := stream.recv(4096):
                data += chunk
        except OSError as error:
            return Handshakes.Attempt(data, str(error))
        finally:
            stream.close()
        return Handshakes.Attempt(data, "")


def server_context(identity: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.key)
    return context


def outdated_server_context(identity: Certificate) -> ssl.SSLContext:
    """TLS 1.1 and nothing newer, with the ciphers of its time."""
    context = server_context(identity)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def is_status(event: object) -> bool:
    return isinstance(event, Received) and event.type == "call-status-update"


def _status(expected: dict[str, object]) -> Payload:
    names = {"active": "callActive", "outbound": "outbound", "caller_id": "callerId"}
    return {names[key]: value for key, value in expected.items()}


logging.getLogger("websockets").setLevel(logging.CRITICAL)
