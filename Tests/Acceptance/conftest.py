"""Fixtures: a workplace for each test, the peers, and the evidence that a failure shows.

To run: `pip install -r Tests/Acceptance/requirements.txt`, then `pytest Tests/Acceptance`, as root for the software
modems. Needs the commands `openssl`, `iaxmodem`, `stdbuf` and `ip`. PATRIOT_DIALLER names another binary than the one
that `swift build` makes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from certificates import Certificate, make_certificate
from harness import API_KEY, BINARY, ChildProcess, Daemon, SimulatedModem
from patriot_server import PatriotServer
from serial_peers import ByteStream, PtyModem

READY = r"modem: ready"


@dataclass
class Bench:
    """Everything one test started, closed in reverse order whatever happens."""

    directory: Path
    identity: Certificate
    closing: list[Callable[[], None]] = field(default_factory=list)
    evidence: list[tuple[str, Callable[[], str]]] = field(default_factory=list)
    daemons: int = 0

    @property
    def modem_link(self) -> Path:
        """The device the daemon is told to use, whichever modem is behind it."""
        return self.directory / "modem"

    def keep(self, process: ChildProcess) -> None:
        self.closing.append(process.close)
        self.evidence.append((f"{process.name} (process {process.pid})", process.transcript))

    def daemon(self, port: int, **settings: str | Path | None) -> Daemon:
        """Starts `run` against Patriot on a loopback port; it trusts Patriot's pin unless settings say otherwise.

        A setting that is `None` is left out of the configuration.
        """
        self.daemons += 1
        defaults: dict[str, str | Path | None] = {
            "PATRIOT_ADDRESS": "127.0.0.1",
            "PATRIOT_PORT": str(port),
            "MODEM_DEVICE": self.modem_link,
            "MODEM_PROFILE": "generic-gsm",
        }
        if not {"PATRIOT_PINS", "PATRIOT_CA_FILE"} & settings.keys():
            defaults["PATRIOT_PINS"] = self.identity.pin
        chosen = {key: value for key, value in (defaults | settings).items() if value is not None}
        daemon = Daemon(self.directory / f"daemon-{self.daemons}", chosen)
        self.keep(daemon)
        return daemon

    def ready_daemon(self, patriot: PatriotServer, **settings: str | Path | None) -> Daemon:
        """A daemon that has shown its key, sent its first status (no call) and set its modem up."""
        daemon = self.daemon(patriot.port, **settings)
        patriot.expect_authentication()
        patriot.expect_status(active=False)
        daemon.wait_for_line(READY, seconds=30)
        return daemon

    def patriot(self, identity: Certificate | None = None, api_key: str = API_KEY) -> PatriotServer:
        server = PatriotServer(identity or self.identity, api_key=api_key)
        self.closing.append(server.kill)
        self.evidence.append(("Patriot", lambda: "\n".join(map(repr, server.events.all()))))
        return server

    def simulated_modem(self, profile: str) -> SimulatedModem:
        modem = SimulatedModem(profile, self.modem_link)
        self.keep(modem)
        return modem

    def pty_modem(self) -> PtyModem:
        modem = PtyModem(self.modem_link)
        self.keep_stream(modem)
        return modem

    def keep_stream(self, stream: ByteStream) -> None:
        self.closing.append(stream.close)
        self.evidence.append((f"bytes read by the {stream.name}", lambda: repr(stream.everything())))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="session")
def identity(certificates: Path) -> Certificate:
    """What the Patriot client makes for itself: self-signed, with the documented name."""
    return make_certificate(certificates, "patriot")


@pytest.fixture
def bench(request: pytest.FixtureRequest, identity: Certificate) -> Iterator[Bench]:
    # Short on purpose: a socket's path has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="patriot-"))
    bench = Bench(directory, identity)
    request.node.bench = bench
    yield bench
    for close in reversed(bench.closing):
        close()
    shutil.rmtree(directory)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    bench: Bench | None = getattr(item, "bench", None)
    if report.failed and bench is not None:
        report.sections += [(title, _tail(text())) for title, text in bench.evidence]
    return report


def _tail(text: str, lines: int = 300) -> str:
    return "\n".join(text.splitlines()[-lines:])


def pytest_sessionstart() -> None:
    if not BINARY.is_file():
        pytest.exit(f"{BINARY} is missing. Run `swift build`, or set PATRIOT_DIALLER to the binary.", returncode=2)
