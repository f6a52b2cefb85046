"""Fixtures: a workplace for each test, the peers, and the evidence that a failure shows.

To run: `pip install -r Tests/Acceptance/requirements.txt`, then `pytest Tests/Acceptance`, as root for the software
modems. Needs the commands `openssl`, `iaxmodem`, `stdbuf` and `ip`. PATRIOT_DIALLER names another binary than the one
that `swift build` makes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from bench import Bench
from certificates import Certificate, make_certificate
from harness import BINARY
from listening import Listening


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
    with tempfile.TemporaryDirectory(prefix="patriot-") as directory:
        bench = Bench(Path(directory), identity)
        request.node.bench = bench
        with bench.closing:
            yield bench


@pytest.fixture
def listening(bench: Bench) -> Listening:
    certificate = make_certificate(bench.directory, "ours", host="localhost")
    certificate.key.chmod(0o600)
    bench.pty_modem()
    return Listening(bench, certificate)


@pytest.fixture
def folder(bench: Bench) -> Path:
    """Where lines are set up."""
    path = bench.directory / "lines"
    path.mkdir()
    return path


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
