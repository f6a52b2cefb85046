"""A daemon that Patriot connects to, and the Patriots that do."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from bench import Bench
from certificates import Certificate
from harness import Daemon
from patriot_client import PatriotClient, client_context, free_port


class Listening:
    """A daemon that listens, and the Patriots that connect to it."""

    def __init__(self, bench: Bench, certificate: Certificate, **settings: str | Path | None) -> None:
        self.bench, self.certificate, self.port = bench, certificate, free_port()
        self.daemon = self.start(**settings)

    def start(self, **settings: str | Path | None) -> Daemon:
        defaults: dict[str, str | Path | None] = {
            "PATRIOT_ADDRESS": None,
            "PATRIOT_PORT": None,
            "PATRIOT_PINS": None,
            "PATRIOT_LISTEN": str(self.port),
            "PATRIOT_TLS_CERTIFICATE_FILE": self.certificate.certificate,
            "PATRIOT_TLS_KEY_FILE": self.certificate.key,
        }
        self.daemon = self.bench.daemon(0, **(defaults | settings))
        self.daemon.wait_for_line("waiting for Patriot on")
        return self.daemon

    def patriot(self, **options: object) -> PatriotClient:
        patriot = PatriotClient(self.port, **options)  # type: ignore[arg-type]
        self.bench.closing.callback(patriot.close)
        self.bench.evidence.append(("Patriot", lambda: "\n".join(map(repr, patriot.events.all()))))
        return patriot

    def admitted(self, **options: object) -> PatriotClient:
        patriot = self.patriot(**options)
        patriot.introduce()
        patriot.expect_admission()
        patriot.expect_status(active=False)
        return patriot

    def raw(self) -> ssl.SSLSocket:
        connection = client_context().wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=15))
        self.bench.closing.callback(connection.close)
        return connection
