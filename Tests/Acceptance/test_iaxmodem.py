"""The daemon on an AT interpreter nobody here wrote: two software modems that call each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bench import Bench
from harness import Daemon
from iaxmodem import IaxModem, call, loopback_only
from patriot_server import PatriotServer
from serial_peers import Terminal

OUR_NUMBER, OTHER_NUMBER = "5550101", "5550102"
SETTINGS = {"MODEM_PROFILE": "analog", "MODEM_DIAL_MODE": "data", "MODEM_INIT": "E0|+FCLASS=1|+VCID=1"}
# The answering tone and the first flags of the fax carrier come before CONNECT.
CONNECTED = 20


@dataclass
class Line:
    """Our modem, and a person at the other one."""

    modem: IaxModem
    other: Terminal


@pytest.fixture(scope="module", autouse=True)
def _loopback() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture
def line(request: pytest.FixtureRequest, bench: Bench) -> Line:
    """The fixture's parameter, if it has one, is the number that the other modem shows."""
    ours = IaxModem(bench.directory, "a", OUR_NUMBER, port=4571, peer_port=4572)
    bench.keep(ours)
    others = IaxModem(bench.directory, "b", getattr(request, "param", OTHER_NUMBER), port=4572, peer_port=4571)
    bench.keep(others)
    return Line(ours, _terminal(bench, others, "terminal at the other modem"))


def _terminal(bench: Bench, modem: IaxModem, name: str) -> Terminal:
    terminal = Terminal(modem.device, name)
    bench.keep_stream(terminal)
    for command in ("ATE0", "AT+FCLASS=1", "AT+VCID=1"):
        terminal.ask(command)
    return terminal


def _start(bench: Bench, line: Line) -> tuple[PatriotServer, Daemon]:
    patriot = bench.patriot()
    return patriot, bench.ready_daemon(patriot, MODEM_DEVICE=line.modem.device, **SETTINGS)


def _connect(patriot: PatriotServer, daemon: Daemon, line: Line) -> None:
    """A data call that our side placed and the other side took."""
    position = len(daemon.output)
    patriot.dial(OTHER_NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=OTHER_NUMBER)
    line.other.wait_for(rb"\r\nRING\r\n")
    answered = line.other.type("ATA")
    daemon.wait_for_line(r"\bCONNECT\b", CONNECTED, start=position)
    line.other.wait_for(rb"CONNECT", CONNECTED, start=answered)


def test_the_two_modems_behave_as_the_tests_below_take_for_granted(bench: Bench, line: Line) -> None:
    ours = _terminal(bench, line.modem, "terminal at our modem")
    line.other.type("ATDT" + OUR_NUMBER)
    # The caller ID comes before the first RING.
    ours.wait_for(rb"(?s)\r\nNAME=Site b\r\n\r\nNMBR=5550102\r\n.*\r\nRING\r\n")
    ours.type("ATA")
    line.other.wait_for(rb"CONNECT", CONNECTED)
    ours.wait_for(rb"CONNECT", CONNECTED)
    line.other.type("")  # ends the reception, no more
    line.other.wait_for(rb"\x10\x03\r\nOK\r\n")
    line.other.ask("ATH")
    ours.wait_for(rb"NO CARRIER")


def test_a_data_call_connects_and_is_hung_up_by_patriot(bench: Bench, line: Line) -> None:
    patriot, daemon = _start(bench, line)
    _connect(patriot, daemon, line)
    position = len(line.other.everything())
    patriot.hang_up()
    patriot.expect_status(active=False, seconds=15)
    line.other.wait_for(rb"NO CARRIER", seconds=15, start=position)


def test_a_data_call_that_the_other_side_ends(bench: Bench, line: Line) -> None:
    patriot, daemon = _start(bench, line)
    _connect(patriot, daemon, line)
    line.other.write(b"\x10\x03")  # DLE ETX ends the data, and with it the carrier (T.31, 8.3.3)
    patriot.expect_status(active=False)
    patriot.hang_up()
    patriot.expect_status(active=False, seconds=15)


def test_a_call_hung_up_before_anybody_answers_frees_the_line(bench: Bench, line: Line) -> None:
    patriot, _ = _start(bench, line)
    patriot.dial(OTHER_NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=OTHER_NUMBER)
    line.other.wait_for(rb"RING")
    patriot.hang_up()
    patriot.expect_status(active=False, seconds=15)
    line.modem.wait_for_line("Hanging Up")


def test_a_call_to_an_engaged_modem_ends_by_itself(bench: Bench, line: Line) -> None:
    patriot, _ = _start(bench, line)
    line.other.ask("ATH1")
    patriot.dial(OTHER_NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=OTHER_NUMBER)
    patriot.expect_status(active=False, seconds=15)


def test_an_incoming_call_is_reported_with_its_number_until_the_caller_gives_up(bench: Bench, line: Line) -> None:
    patriot, _ = _start(bench, line)
    call(line.other, line.modem, OUR_NUMBER)
    patriot.expect_status(active=True, outbound=False, caller_id=OTHER_NUMBER)
    line.other.type("ATH")
    patriot.expect_status(active=False, seconds=30)


@pytest.mark.parametrize("line", ["", "P"], ids=["empty", "private"], indirect=True)
def test_the_number_that_was_called_is_not_taken_for_the_caller(bench: Bench, line: Line) -> None:
    """`NMBR=` comes without a number, and behind it `NDID=` with our own."""
    patriot, daemon = _start(bench, line)
    call(line.other, line.modem, OUR_NUMBER)
    daemon.wait_for_line("NDID")
    # It takes the second ring, 5 s after the first, to prove a call without a caller's number.
    patriot.expect_status(active=True, outbound=False, seconds=10)
    patriot.expect_quiet(seconds=1)
