"""Something else than Patriot answers on the port: the line says what it probably is, and keeps its pace."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from bench import Bench
from events import EventLog
from listener import Listener
from patriot_server import server_context

# Between two tries, except for the first retry, which comes at once.
SHORTEST_WAIT = 0.5
TRIES = 4


class TLSPeer(Listener):
    """Speaks TLS; reads a request, answers with some bytes, and then hangs up or waits for the other side to."""

    def __init__(self, tls: ssl.SSLContext, answer: bytes, *, stays: bool) -> None:
        self.tries: EventLog[str] = EventLog("peer")
        self._tls, self._answer, self._stays = tls, answer, stays
        super().__init__(self._greet)

    def _greet(self, connection: socket.socket) -> None:
        self.tries.append("connected")
        with self._tls.wrap_socket(connection, server_side=True) as stream:
            self._speak(stream)

    def _speak(self, stream: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (data := stream.recv(4096)):
                return
            request += data
        stream.sendall(self._answer)
        if not self._stays:
            stream.unwrap()
        while stream.recv(4096):
            pass


class StrangeWebSocket:
    """A WebSocket server that has never heard of Patriot."""

    def __init__(self, tls: ssl.SSLContext, greet: Callable[[ServerConnection], None]) -> None:
        self.tries: EventLog[str] = EventLog("strange server")
        self._greet = greet
        self._server = serve(self._serve, "127.0.0.1", 0, ssl=tls, close_timeout=1)
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="strange server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)

    def _serve(self, connection: ServerConnection) -> None:
        self.tries.append("connected")
        try:
            self._greet(connection)
            for _ in connection:
                pass
        except ConnectionClosed:
            pass


@dataclass(frozen=True)
class Peer:
    said: str
    answer: bytes | Callable[[ServerConnection], None]
    stays: bool = False
    # How many tries are waited for: some of them take their time.
    tries: int = TRIES


def _http(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode()


def _chatter(connection: ServerConnection) -> None:
    for number in range(2000):
        connection.send(f'{{"type": "news", "payload": {{"number": {number}}}}}')


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")
PEERS = {
    "web server": Peer("answered HTTP 200 .*a web server listens on this port", _http("200 OK")),
    "another path": Peer("answered HTTP 404 .*check PATRIOT_PATH", _http("404 Not Found")),
    "redirection": Peer("answered HTTP 302 .*redirects", _http("302 Found", "Location: https://example.com/")),
    "proxy": Peer("answered HTTP 502 .*port forwarding", _http("502 Bad Gateway")),
    "wrong upgrade": Peer("upgraded to something else", _http("101 Switching Protocols", *UPGRADE)),
    "no HTTP": Peer("does not speak HTTP", b"220 mail.example ESMTP\r\n", stays=True),
    "half an answer": Peer("does not speak HTTP|closed the connection", b"HTTP/1.1 101 Swi"),
    "hang-up": Peer("closed the connection without an answer", b""),
    "silence": Peer("connected, but no answer within 15 s", b"", stays=True, tries=2),
    "web socket that is mute": Peer("no answer|not answer|authentication", lambda connection: None, tries=2),
    "web socket that talks": Peer("no answer|not answer|authentication", _chatter, tries=2),
    "web socket that hangs up": Peer("closed", lambda connection: connection.close(1011, "no")),
    "web socket that echoes": Peer("no answer|not answer|authentication", lambda c: [c.send(m) for m in c] and None, tries=2),
}  # fmt: skip


@pytest.fixture(params=PEERS.values(), ids=PEERS.keys())
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    yield request.param


def test_the_line_says_what_answers_there_and_keeps_its_pace(bench: Bench, peer: Peer) -> None:
    tls = server_context(bench.identity)
    answer = peer.answer
    server = TLSPeer(tls, answer, stays=peer.stays) if isinstance(answer, bytes) else StrangeWebSocket(tls, answer)
    bench.closing.callback(server.close)
    daemon = bench.daemon(server.port)
    said = daemon.wait_for_line(rf'Patriot is unreachable, retrying reason="(?=.*({peer.said}))', seconds=30)
    used, began = daemon.cpu_seconds(), time.monotonic()
    server.tries.wait_for(lambda _: len(server.tries) >= peer.tries, f"{peer.tries} tries", seconds=60)
    share = (daemon.cpu_seconds() - used) / max(time.monotonic() - began, 1)
    assert share < 0.5, f"the line uses {share:.0%} of a processor"
    moments = [server.tries.moment(index) for index in range(peer.tries)]
    waits = [later - earlier for earlier, later in zip(moments[1:], moments[2:], strict=False)]
    assert all(wait > SHORTEST_WAIT * 0.9 for wait in waits), waits
    # The reason is reported once, not at each try.
    told = [line for line in daemon.output.all() if re.search("Patriot is unreachable", line)]
    assert told == daemon.output.all()[said : said + 1]
    assert daemon.terminate() == 0
