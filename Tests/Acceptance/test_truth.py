"""What Patriot is told stays true when a modem is busy, swallows a dial, dies unnoticed, or answers too often.

The modem is on a pty and knows the truth about its line.
"""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

from bench import Bench
from call_records import CallRecords
from events import until
from harness import BINARY
from patriot_server import PatriotServer
from restart_peers import LineModem


class OddModem(LineModem):
    """A line modem with one fault at a time."""

    def __init__(self, link: Path, kind: str) -> None:
        # Commands that were executed, in order.
        self.executed: list[str] = []
        # Answers to commands, instead of those it would give: taken once.
        self.once: dict[str, bytes] = {}
        self.swallows_dials = False
        # How long AT+COPS=? takes; it does not stop at a CR.
        self.search_time = 0.0
        self._busy = threading.Event()
        super().__init__(link, kind)

    @property
    def is_searching(self) -> bool:
        return self._busy.is_set()

    def received(self, chunk: bytes) -> None:
        # While it searches for networks it hears nothing.
        if not self._busy.is_set():
            super().received(chunk)

    def _execute(self, body: str) -> None:
        self.executed.append(body)
        if body == "+COPS=?":
            self._busy.set()
            threading.Timer(self.search_time, self._searched).start()
        elif body.startswith("D") and self.swallows_dials:
            return
        elif (key := "D" if body.startswith("D") else body) in self.once:
            if body == "H":
                self._hang_up()
            self._say_raw(self.once.pop(key))
        else:
            super()._execute(body)

    def _searched(self) -> None:
        self._busy.clear()
        self._say('+COPS: (2,"Test","Test","00101")', "OK")


def _line(bench: Bench, kind: str, **settings: str) -> tuple[OddModem, PatriotServer]:
    modem = OddModem(bench.modem_link, kind)
    bench.keep_stream(modem)
    patriot = bench.patriot()
    for name in ("state", "run"):
        (bench.directory / name).mkdir()
    bench.ready_daemon(
        patriot,
        MODEM_PROFILE="analog" if kind == "analog" else "generic-gsm",
        STATE_DIRECTORY=bench.directory / "state",
        RUNTIME_DIRECTORY=bench.directory / "run",
        **settings,
    )
    return modem, patriot


def _begin_call(modem: OddModem, patriot: PatriotServer, number: str = "5550101") -> None:
    patriot.dial(number)
    patriot.expect_status(active=True, outbound=True, caller_id=number)
    modem.until(lambda: modem.is_talking)
    time.sleep(0.3)  # the OK reaches the line


def _at(bench: Bench, command: str) -> subprocess.Popen[str]:
    socket = bench.directory / "run" / "control"
    return subprocess.Popen(
        [BINARY, "at", "--socket", socket, "--timeout", "40", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("kind", ["listing", "refusing"])
def test_a_search_for_networks_in_a_call_delays_no_hang_up(bench: Bench, kind: str) -> None:
    modem, patriot = _line(bench, kind)
    modem.search_time = 20
    _begin_call(modem, patriot)
    with _at(bench, "AT+COPS=?") as asked:
        assert asked.wait(20) != 0
    assert "+COPS=?" not in modem.executed
    patriot.hang_up()
    patriot.wait_for_status(active=False, seconds=5)
    assert not modem.is_off_hook


@pytest.mark.parametrize("kind", ["listing", "refusing"])
def test_a_hang_up_behind_a_search_for_networks_is_carried_out(bench: Bench, kind: str) -> None:
    modem, patriot = _line(bench, kind)
    modem.search_time = 20
    with _at(bench, "AT+COPS=?") as asked:
        modem.until(lambda: "+COPS=?" in modem.executed)
        patriot.dial("5550101")
        patriot.expect_status(active=True, outbound=True, caller_id="5550101")
        patriot.hang_up()
        patriot.wait_for_status(active=False, seconds=25)
        asked.wait(30)
    # Nothing of it is left behind, and the next dial is carried out.
    modem.until(lambda: not modem.is_searching, seconds=30)
    assert not modem.is_off_hook and modem.dialled == []
    _begin_call(modem, patriot, "5550102")
    assert modem.dialled[-1] == "5550102"


def test_a_swallowed_dial_is_told_and_the_next_one_dialled(bench: Bench) -> None:
    modem, patriot = _line(bench, "listing")
    modem.swallows_dials = True
    patriot.dial("5550101")
    patriot.expect_status(active=True, outbound=True, caller_id="5550101")
    patriot.wait_for_status(active=False, seconds=25)
    modem.swallows_dials = False
    _begin_call(modem, patriot, "5550102")
    assert modem.dialled == ["5550102"]


def test_a_modem_that_dies_in_a_call_without_polling_is_noticed(bench: Bench) -> None:
    modem, patriot = _line(bench, "listing", MODEM_POLLING="off")
    _begin_call(modem, patriot)
    modem.is_deaf = True
    patriot.expect_quiet(14)
    patriot.wait_for_status(active=False, seconds=55)
    # It is found again, told again, and can be hung up; in the records it is one call.
    modem.is_deaf = False
    patriot.wait_for_status(active=True, outbound=True, caller_id="5550101", seconds=60)
    patriot.hang_up()
    patriot.wait_for_status(active=False, seconds=15)
    assert not modem.is_off_hook
    until(lambda: not CallRecords.read(bench.directory / "state").open, "the end of the record", 5)
    assert CallRecords.read(bench.directory / "state").events("5550101") == [["start", "answered", "local-hang-up"]]


def test_an_answer_too_many_is_not_the_dials(bench: Bench) -> None:
    """Two OKs to a hang-up in one read, and the dial behind it fails: Patriot sees no call."""
    modem, patriot = _line(bench, "analog")
    _begin_call(modem, patriot)
    modem.once = {"H": b"\r\nOK\r\n\r\nOK\r\n", "D": b"\r\nERROR\r\n"}
    patriot.hang_up()
    patriot.dial("5550102")
    patriot.wait_for_status(active=True, outbound=True, caller_id="5550102", seconds=15)
    patriot.wait_for_status(active=False, seconds=10)
    patriot.expect_quiet(3)
    _begin_call(modem, patriot, "5550103")
    assert modem.is_off_hook and modem.dialled == ["5550101", "5550103"]


def test_an_end_that_crosses_the_dial_does_not_end_it(bench: Bench) -> None:
    """NO CARRIER of the call before, right behind the next ATD: that call goes on and Patriot sees it."""
    modem, patriot = _line(bench, "listing")
    _begin_call(modem, patriot)
    patriot.hang_up()
    patriot.wait_for_status(active=False, seconds=5)
    execute = modem._execute

    def crossed(body: str) -> None:
        if body.startswith("D"):
            modem._execute = execute  # type: ignore[method-assign]
            modem._say("NO CARRIER")
        execute(body)

    modem._execute = crossed  # type: ignore[method-assign]
    _begin_call(modem, patriot, "5550102")
    patriot.expect_quiet(5)
    assert modem.is_off_hook
    patriot.hang_up()
    patriot.wait_for_status(active=False, seconds=5)
    assert not modem.is_off_hook
