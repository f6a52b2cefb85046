"""What strangers get at the port of a line that Patriot connects to: HTTP, TLS, floods."""

from __future__ import annotations

import socket
import subprocess

import pytest
from websockets.exceptions import InvalidStatus

from listening import Listening

@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /ws/dialler/v1 HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ("POST /dialler HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("GET /dialler HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        ("GET /dialler HTTP/1.1\r\n\r\n", 400),
        ("GET /dialler HTTP/1.0\r\nHost: a\r\n\r\n", 400),
        ("GET /dialler HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (
            "GET /dialler HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            426,
        ),
        (
            "GET /dialler HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n",
            400,
        ),
        ("rubbish\r\n\r\n", 400),
        ("GET /dialler HTTP/1.1\r\nHost: " + "a" * 200_000 + "\r\n\r\n", 400),
    ],
)
def test_answers_a_wrong_request_with_the_right_status(listening: Listening, request_text: str, status: int) -> None:
    connection = listening.raw()
    connection.sendall(request_text.encode())
    assert connection.recv(4096).split(b" ")[1] == str(status).encode()
    listening.admitted()


def test_the_websockets_package_sees_the_404(listening: Listening) -> None:
    with pytest.raises(InvalidStatus) as refused:
        listening.patriot(path="/other")
    assert refused.value.response.status_code == 404


def test_strangers_cost_the_present_session_nothing(listening: Listening) -> None:
    patriot = listening.admitted()
    silent = [socket.create_connection(("127.0.0.1", listening.port), timeout=5) for _ in range(100)]
    half_open = listening.raw()
    half_open.sendall(b"GET /dialler HTTP/1.1\r\nHost")
    try:
        for _ in range(20):
            patriot.request_status()
            patriot.expect_status(seconds=2, active=False)
        newcomer = listening.admitted()
        newcomer.request_status()
        newcomer.expect_status(active=False)
    finally:
        for connection in silent:
            connection.close()


def s_client(port: int, *options: str, stdin: bytes = b"") -> str:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-cipher", "ALL:@SECLEVEL=0", *options]
    finished = subprocess.run(command, input=stdin, capture_output=True, timeout=20, check=False)
    return (finished.stdout + finished.stderr).decode(errors="replace")


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_speaks_no_old_tls(listening: Listening, version: str) -> None:
    seen = s_client(listening.port, version)
    assert "Cipher is (NONE)" in seen
    assert "alert protocol version" in seen


@pytest.mark.parametrize(("version", "name"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_speaks_present_tls(listening: Listening, version: str, name: str) -> None:
    assert f"New, {name}, Cipher is" in s_client(listening.port, version)


@pytest.mark.parametrize("ciphers", ["eNULL", "aNULL", "RC4", "3DES", "DES", "EXPORT", "PSK"])
def test_agrees_to_no_weak_cipher(listening: Listening, ciphers: str) -> None:
    seen = s_client(listening.port, "-tls1_2", "-cipher", f"{ciphers}:@SECLEVEL=0")
    assert "Cipher is (NONE)" in seen or "no cipher match" in seen or "no ciphers available" in seen


def test_does_not_renegotiate(listening: Listening) -> None:
    # Alone on its line, R makes the command ask for it.
    seen = s_client(listening.port, "-tls1_2", stdin=b"R\n")
    assert "RENEGOTIATING" in seen
    assert "no renegotiation" in seen
    listening.admitted()
