"""Where one test puts its peers together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from certificates import Certificate
from harness import API_KEY, READY, ChildProcess, Daemon, SimulatedModem
from patriot_server import PatriotServer
from serial_peers import ByteStream, PtyModem


@dataclass
class Bench:
    """Everything one test started, closed in reverse order whatever happens."""

    directory: Path
    identity: Certificate
    closing: ExitStack = field(default_factory=ExitStack)
    evidence: list[tuple[str, Callable[[], str]]] = field(default_factory=list)
    # Anyone who takes the next number has it alone, also where several threads start daemons.
    daemon_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    # What the daemons find in their environment besides the tests' own.
    environment: dict[str, str] = field(default_factory=dict)
    # What runs the daemons, if not they themselves; it becomes the daemon.
    command_prefix: list[str] = field(default_factory=list)

    @property
    def modem_link(self) -> Path:
        """The device the daemon is told to use, whichever modem is behind it."""
        return self.directory / "modem"

    def keep(self, process: ChildProcess) -> None:
        self.closing.callback(process.close)
        self.evidence.append((f"{process.name} (process {process.pid})", process.transcript))

    def daemon(self, port: int, **settings: str | Path | None) -> Daemon:
        """Starts `run` against Patriot on a loopback port; it trusts Patriot's pin unless settings say otherwise.

        A setting that is `None` is left out of the configuration.
        """
        defaults: dict[str, str | Path | None] = {
            "PATRIOT_ADDRESS": "127.0.0.1",
            "PATRIOT_PORT": str(port),
            "MODEM_DEVICE": self.modem_link,
            "MODEM_PROFILE": "generic-gsm",
        }
        if not {"PATRIOT_PINS", "PATRIOT_CA_FILE"} & settings.keys():
            defaults["PATRIOT_PINS"] = self.identity.pin
        chosen = {key: value for key, value in (defaults | settings).items() if value is not None}
        daemon = Daemon(
            self.directory / f"daemon-{next(self.daemon_numbers)}",
            chosen,
            environment=self.environment,
            command_prefix=self.command_prefix,
        )
        self.keep(daemon)
        return daemon

    def ready_daemon(self, patriot: PatriotServer, **settings: str | Path | None) -> Daemon:
        """A daemon that has shown its key, sent its first status (no call) and set its modem up."""
        daemon = self.daemon(patriot.port, **settings)
        patriot.expect_authentication()
        patriot.expect_status(active=False)
        daemon.wait_for_line(READY, seconds=30)
        return daemon

    def patriot(
        self, identity: Certificate | None = None, api_key: str = API_KEY, address: str = "127.0.0.1"
    ) -> PatriotServer:
        server = PatriotServer(identity or self.identity, address=address, api_key=api_key)
        self.closing.callback(server.kill)
        self.evidence.append(("Patriot", lambda: "\n".join(map(repr, server.events.all()))))
        return server

    def simulated_modem(self, profile: str, *options: str) -> SimulatedModem:
        modem = SimulatedModem(profile, self.modem_link, *options)
        self.keep(modem)
        return modem

    def pty_modem(self) -> PtyModem:
        modem = PtyModem(self.modem_link)
        self.keep_stream(modem)
        return modem

    def keep_stream(self, stream: ByteStream) -> None:
        self.closing.callback(stream.close)
        self.evidence.append((f"bytes read by the {stream.name}", lambda: repr(stream.everything())))
