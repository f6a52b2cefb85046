"""What can be wrong with Patriot and the way there."""

from __future__ import annotations

import socket
import ssl
from datetime import timedelta

from ailments import Treatment, case, whole
from certificates import make_certificate
from clinic import Clinic, Finding, text_of
from harness import API_KEY
from listener import Listener
from patriot_server import Handshakes, outdated_server_context, server_context


@case
def a_name_that_nobody_knows(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(PATRIOT_ADDRESS="patriot.invalid")
    yield "patriot.name"
    clinic.write(PATRIOT_ADDRESS="127.0.0.1")
    yield ""


@case
def a_patriot_that_is_not_running(clinic: Clinic) -> Treatment:
    clinic.use_modem()
    patriot = clinic.use_patriot()
    clinic.write()
    patriot.kill()
    yield "patriot.refused"
    patriot.start()
    yield ""


@case
def a_network_without_a_way_to_patriot(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(PATRIOT_ADDRESS="192.0.2.7")
    clinic.wrapper = ["unshare", "--net"]
    yield "patriot.no-answer"
    clinic.write(PATRIOT_ADDRESS="127.0.0.1")
    clinic.wrapper = []
    yield ""


def handshakes(clinic: Clinic, context: ssl.SSLContext | None, plain_answer: bytes = b"") -> None:
    listen(clinic, Handshakes(context, plain_answer))


def web_server(clinic: Clinic, answer: bytes) -> None:
    """HTTPS with Patriot's certificate, and this answer to everything."""
    context = server_context(clinic.bench.identity)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as stream:
            if stream.recv(4096):
                stream.sendall(answer)
                stream.unwrap()

    listen(clinic, Listener(serve))


def listen(clinic: Clinic, listener: Listener) -> None:
    """In Patriot's place."""
    clinic.bench.closing.callback(listener.close)
    clinic.use_modem()
    clinic.lead_to(listener.port)
    clinic.write()


@case
def a_web_server_without_tls(clinic: Clinic) -> Treatment:
    handshakes(clinic, None, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    yield "patriot.not-tls"
    clinic.use_patriot()
    clinic.write()
    yield ""


@case
def a_tls_version_of_the_past(clinic: Clinic) -> Treatment:
    handshakes(clinic, outdated_server_context(clinic.bench.identity))
    yield "patriot.connection"
    clinic.use_patriot()
    clinic.write()
    yield ""


def trust(clinic: Clinic, finding: Finding) -> None:
    """A person compares, and says yes."""
    clinic.follow(text_of(finding.remedy) + " --yes")


@case
def a_certificate_that_is_unknown_here(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(PATRIOT_PINS=None)
    finding = yield "patriot.untrusted"
    trust(clinic, finding)
    yield ""


@case
def another_authority(clinic: Clinic) -> Treatment:
    authority = make_certificate(clinic.bench.directory, "authority", host="Site authority", authority=True)
    signed = make_certificate(clinic.bench.directory, "signed", issuer=authority)
    clinic.settings["PATRIOT_CA_FILE"] = clinic.bench.identity.certificate
    clinic.use_modem()
    clinic.use_patriot(signed)
    clinic.write()
    yield "patriot.untrusted"
    clinic.write(PATRIOT_CA_FILE=authority.certificate)
    yield ""


@case
def another_pin(clinic: Clinic) -> Treatment:
    stranger = make_certificate(clinic.bench.directory, "stranger")
    whole(clinic)
    clinic.write(PATRIOT_PINS=stranger.pin)
    finding = yield "patriot.pin"
    assert stranger.pin in finding.cause and clinic.bench.identity.pin in finding.cause
    trust(clinic, finding)
    yield ""


@case
def another_name(clinic: Clinic) -> Treatment:
    other = make_certificate(clinic.bench.directory, "other-name", host="patriot.example")
    clinic.settings["PATRIOT_CA_FILE"] = other.certificate
    clinic.use_modem()
    clinic.use_patriot(other)
    clinic.write()
    finding = yield "patriot.certificate-name"
    assert "patriot.example" in finding.cause
    trust(clinic, finding)
    yield ""


@case
def an_expired_certificate(clinic: Clinic) -> Treatment:
    expired = make_certificate(
        clinic.bench.directory, "expired", starts_in=timedelta(days=-30), ends_in=timedelta(days=-1)
    )
    clinic.settings["PATRIOT_CA_FILE"] = expired.certificate
    clinic.use_modem()
    clinic.use_patriot(expired)
    clinic.write()
    finding = yield "patriot.certificate-date"
    trust(clinic, finding)
    yield ""


@case
def a_certificate_of_the_future(clinic: Clinic) -> Treatment:
    future = make_certificate(clinic.bench.directory, "future", starts_in=timedelta(days=2), ends_in=timedelta(days=30))
    clinic.settings["PATRIOT_CA_FILE"] = future.certificate
    clinic.use_modem()
    clinic.use_patriot(future)
    clinic.write()
    finding = yield "patriot.certificate-date"
    assert "clock" in finding.remedy
    trust(clinic, finding)
    yield ""


@case
def another_path(clinic: Clinic) -> Treatment:
    web_server(clinic, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    finding = yield "patriot.path"
    assert "PATRIOT_PATH" in finding.remedy
    clinic.use_patriot()
    clinic.write()
    yield ""


@case
def a_web_server_with_tls(clinic: Clinic) -> Treatment:
    web_server(clinic, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    yield "patriot.websocket"
    clinic.use_patriot()
    clinic.write()
    yield ""


@case
def a_program_that_speaks_no_http(clinic: Clinic) -> Treatment:
    web_server(clinic, b"220 mail.example ESMTP\r\n")
    yield "patriot.websocket"
    clinic.use_patriot()
    clinic.write()
    yield ""


@case
def another_key(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write_secret(clinic.key, "something else")
    finding = yield "patriot.key"
    assert "WebSocketApiKey" in finding.remedy
    clinic.write_secret(clinic.key, API_KEY)
    yield ""
