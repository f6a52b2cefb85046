"""The key is shown to nobody whose certificate is not trusted, and every kind of trust works."""

from __future__ import annotations

import hashlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bench import Bench
from certificates import Certificate, make_certificate
from harness import BINARY
from patriot_server import Handshakes, outdated_server_context, server_context

# The version of the past is meant.
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")


@pytest.fixture(scope="module")
def authority(certificates: Path) -> Certificate:
    return make_certificate(certificates, "authority", host="Site authority", authority=True)


@pytest.fixture(scope="module")
def stranger(certificates: Path) -> Certificate:
    """Another machine's certificate, with the right name."""
    return make_certificate(certificates, "stranger")


@pytest.fixture
def listener() -> Iterator[list[Handshakes]]:
    """Listeners a test opened, closed at its end."""
    opened: list[Handshakes] = []
    yield opened
    for handshakes in opened:
        handshakes.close()


def _assert_nothing_shown(bench: Bench, listener: Handshakes, remedy: str, **trust: str | Path | None) -> None:
    """Nothing of the application comes through, the log names the cause, and the daemon lives on to try again."""
    daemon = bench.daemon(listener.port, **trust)
    listener.attempts.wait_for(lambda _: True, "connection", seconds=15)
    assert {attempt.application_data for attempt in listener.attempts.all()} == {b""}
    daemon.wait_for_line(remedy)
    assert daemon.is_running


def test_a_certificate_is_shown_as_windows_shows_it(bench: Bench) -> None:
    patriot = bench.patriot()
    configuration = bench.directory / "line1.conf"
    configuration.write_text(f"PATRIOT_ADDRESS=127.0.0.1\nPATRIOT_PORT={patriot.port}\nPATRIOT_API_KEY_FILE=/dev/null\n")
    der = ssl.PEM_cert_to_DER_cert(bench.identity.certificate.read_text())
    command = [BINARY, "trust", "--config", configuration]
    environment = {"PATRIOT_API_KEY_FILE": str(bench.directory / "key")}
    (bench.directory / "key").touch(0o600)
    (bench.directory / "key").write_text("key\n")
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    lines = outcome.stdout.splitlines()
    assert f"Thumbprint   {hashlib.sha1(der).hexdigest().upper()}" in lines
    assert f"SHA-256      {hashlib.sha256(der).hexdigest().upper()}" in lines
    words = subprocess.run([BINARY, "trust", "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "certutil -hashfile FILE SHA256" in " ".join(words.split())


def test_a_certificate_unknown_to_the_system(bench: Bench, listener: list[Handshakes]) -> None:
    listener.append(Handshakes(server_context(bench.identity)))
    # Neither pins nor a file: the system's authorities count.
    _assert_nothing_shown(bench, listener[0], r"PATRIOT_PINS=sha256/", PATRIOT_PINS=None)


def test_a_wrong_name(bench: Bench, listener: list[Handshakes], certificates: Path) -> None:
    other = make_certificate(certificates, "other-name", host="patriot.example")
    listener.append(Handshakes(server_context(other)))
    _assert_nothing_shown(bench, listener[0], r"patriot\.example", PATRIOT_CA_FILE=other.certificate)


def test_an_expired_certificate(bench: Bench, listener: list[Handshakes], certificates: Path) -> None:
    expired = make_certificate(certificates, "expired", starts_in=timedelta(days=-30), ends_in=timedelta(days=-1))
    listener.append(Handshakes(server_context(expired)))
    _assert_nothing_shown(bench, listener[0], r"(?i)expired", PATRIOT_CA_FILE=expired.certificate)


def test_a_certificate_of_the_future(bench: Bench, listener: list[Handshakes], certificates: Path) -> None:
    future = make_certificate(certificates, "future", starts_in=timedelta(days=2), ends_in=timedelta(days=30))
    listener.append(Handshakes(server_context(future)))
    _assert_nothing_shown(bench, listener[0], r"(?i)not yet valid|valid only from", PATRIOT_CA_FILE=future.certificate)


def test_another_pin(bench: Bench, listener: list[Handshakes], stranger: Certificate) -> None:
    listener.append(Handshakes(server_context(stranger)))
    _assert_nothing_shown(bench, listener[0], stranger.pin.replace("+", r"\+"), PATRIOT_PINS=bench.identity.pin)


def test_another_authority(
    bench: Bench, listener: list[Handshakes], certificates: Path, authority: Certificate
) -> None:
    other_authority = make_certificate(certificates, "other-authority", host="Other authority", authority=True)
    signed = make_certificate(certificates, "signed-by-other", issuer=other_authority)
    listener.append(Handshakes(server_context(signed)))
    _assert_nothing_shown(bench, listener[0], r"PATRIOT_CA_FILE|PATRIOT_PINS", PATRIOT_CA_FILE=authority.certificate)


def test_a_tls_version_of_the_past(bench: Bench, listener: list[Handshakes]) -> None:
    listener.append(Handshakes(outdated_server_context(bench.identity)))
    _assert_nothing_shown(bench, listener[0], r"(?i)TLS", PATRIOT_PINS=bench.identity.pin)


def test_the_listener_of_the_past_can_be_reached_by_a_client_of_the_past(
    bench: Bench, listener: list[Handshakes]
) -> None:
    """Without this the test above could pass for want of a working listener."""
    listener.append(Handshakes(outdated_server_context(bench.identity)))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("DEFAULT:@SECLEVEL=0")
    client.minimum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", listener[0].port)) as connection:
        with client.wrap_socket(connection) as stream:
            assert stream.version() == "TLSv1.1"
            stream.sendall(b"hello")
    listener[0].attempts.wait_for(lambda attempt: attempt.application_data == b"hello", "greeting")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x01\x02\x03\x04\x05\x06\x07"])
def test_a_port_without_tls(bench: Bench, listener: list[Handshakes], answer: bytes) -> None:
    listener.append(Handshakes(None, plain_answer=answer))
    daemon = bench.daemon(listener[0].port)
    _, attempt = listener[0].attempts.wait_for(lambda _: True, "connection", seconds=15)
    daemon.wait_for_line(r"TLS")
    assert attempt.application_data.startswith(b"\x16\x03"), "the first thing sent is a TLS handshake record"
    assert b"GET " not in attempt.application_data
    assert b"apiKey" not in attempt.application_data
    assert daemon.is_running


# What is trusted


def test_the_certificate_itself_as_a_file(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.daemon(patriot.port, PATRIOT_CA_FILE=bench.identity.certificate)
    patriot.expect_authentication()


def test_the_authority_as_a_file(bench: Bench, certificates: Path, authority: Certificate) -> None:
    patriot = bench.patriot(make_certificate(certificates, "signed", issuer=authority))
    bench.daemon(patriot.port, PATRIOT_CA_FILE=authority.certificate)
    patriot.expect_authentication()


def test_a_pin(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.daemon(patriot.port, PATRIOT_PINS=bench.identity.pin)
    patriot.expect_authentication()


@pytest.mark.parametrize("first", [True, False])
def test_either_of_two_pins(bench: Bench, stranger: Certificate, first: bool) -> None:
    patriot = bench.patriot(bench.identity if first else stranger)
    bench.daemon(patriot.port, PATRIOT_PINS=f"{bench.identity.pin},{stranger.pin}")
    patriot.expect_authentication()
