"""What a line knows of its call outlives the process: told to Patriot at once, and a wanted end carried out.

Each test is run on a modem that lists its calls and on one that cannot.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import Bench
from harness import READY, Daemon
from patriot_server import PatriotServer
from restart_peers import LineModem
from serial_peers import release_after_kill

PROFILES = {"listing": "generic-gsm", "refusing": "generic-gsm", "analog": "analog"}
KINDS = list(PROFILES)


class Restarts:
    """One line that is started again and again, with the directories of one line."""

    def __init__(self, bench: Bench, kind: str, **settings: str) -> None:
        self.bench, self.kind, self.settings = bench, kind, settings
        self.modem = LineModem(bench.modem_link, kind)
        bench.keep_stream(self.modem)
        self.patriot = bench.patriot()
        for name in ("state", "run"):
            (bench.directory / name).mkdir()
        self.daemon = self.start()

    def start(self) -> Daemon:
        return self.bench.daemon(
            self.patriot.port,
            MODEM_PROFILE=PROFILES[self.kind],
            STATE_DIRECTORY=self.bench.directory / "state",
            RUNTIME_DIRECTORY=self.bench.directory / "run",
            **self.settings,
        )

    def end(self, *, kill: bool) -> None:
        if kill:
            self.daemon.kill()
            release_after_kill(self.modem.link)
        else:
            assert self.daemon.terminate() == 0

    def ready(self) -> None:
        self.patriot.expect_authentication()
        self.patriot.expect_status(active=False)
        self.daemon.wait_for_line(READY, seconds=30)


@pytest.mark.parametrize("kill", [True, False], ids=["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_told_at_once_after_a_restart_and_can_be_hung_up(bench: Bench, kind: str, kill: bool) -> None:
    line = Restarts(bench, kind)
    line.ready()
    line.patriot.dial("5550101")
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.modem.until(lambda: line.modem.is_talking)
    time.sleep(0.3)  # the OK reaches the line
    line.end(kill=kill)
    # As the network writes it.
    line.modem.number = "+15555550101"
    line.modem.delay = 0.1
    line.daemon = line.start()
    line.patriot.expect_authentication()
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.patriot.dial("5550102")
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.daemon.wait_for_line(READY, seconds=30)
    line.patriot.hang_up()
    line.patriot.wait_for_status(active=False, seconds=15)
    assert not line.modem.is_off_hook and line.modem.dialled == ["5550101"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_hang_up_that_was_under_way_is_carried_out_by_the_next_process(bench: Bench, kind: str) -> None:
    line = Restarts(bench, kind)
    line.ready()
    line.patriot.dial("5550101")
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.modem.until(lambda: line.modem.is_talking)
    time.sleep(0.3)
    line.modem.is_deaf = True
    line.patriot.hang_up()
    line.modem.until(lambda: line.modem.last_heard in ("ATH", "AT+CHUP"))
    line.end(kill=True)
    line.modem.is_deaf = False
    line.daemon = line.start()
    line.patriot.expect_authentication()
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.patriot.wait_for_status(active=False, seconds=15)
    assert not line.modem.is_off_hook


@pytest.mark.parametrize("kind", ["refusing", "analog"])
def test_a_line_held_since_before_the_memory_is_cleared_before_ready(bench: Bench, kind: str) -> None:
    """As after a reboot that the modem did not notice."""
    line = Restarts(bench, kind)
    line.ready()
    line.patriot.dial("5550101")
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.modem.until(lambda: line.modem.is_talking)
    line.end(kill=True)
    for file in (bench.directory / "run").iterdir():
        file.unlink()
    line.daemon = line.start()
    line.daemon.wait_for_line(READY, seconds=30)
    line.modem.until(lambda: not line.modem.is_off_hook, seconds=5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hang_up_wanted_of_a_silent_modem_is_carried_out_when_it_is_back(bench: Bench, kind: str) -> None:
    line = Restarts(bench, kind)
    line.ready()
    line.patriot.dial("5550101")
    line.patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    line.modem.until(lambda: line.modem.is_talking)
    time.sleep(0.3)
    line.modem.is_deaf = True
    line.patriot.hang_up()
    began = time.monotonic()
    line.patriot.expect_quiet(13)
    assert line.modem.is_off_hook
    line.patriot.wait_for_status(active=False, seconds=9)
    assert 15 <= time.monotonic() - began <= 21
    line.modem.is_deaf = False
    line.modem.until(lambda: not line.modem.is_off_hook, seconds=45)


def _spoil(path: Path, how: str) -> None:
    if how == "torn":
        content = bytearray(path.read_bytes())
        content[1024:] = b"\xff" * (len(content) - 1024)
        path.write_bytes(content)
    elif how == "foreign":
        path.write_bytes(b"notes of somebody else\n")
    else:
        path.unlink()
        path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize("how", ["torn", "foreign", "link"])
def test_a_memory_that_cannot_be_read_is_told_and_the_line_works(bench: Bench, how: str) -> None:
    line = Restarts(bench, "listing")
    line.ready()
    line.end(kill=False)
    memory = bench.directory / "run" / "line-memory"
    assert memory.stat().st_mode & 0o777 == 0o600 and memory.stat().st_size == 4096
    _spoil(memory, how)
    line.daemon = line.start()
    line.ready()
    line.daemon.wait_for_line("line-memory .*what an earlier process knew is not known")
    if how == "foreign":
        assert memory.read_bytes() == b"notes of somebody else\n"
    if how == "link":
        assert not (memory.parent / "elsewhere").exists()


