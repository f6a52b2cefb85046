"""System calls that fail, clocks that jump, processes that stand still: the line serves again, and nothing is lost.

Here only some of the calls fail; `fault_injection.py` has all of them fail, one after another. FAULT_STEP says each how
many-th, FAULT_FIRST from which on.
"""

from __future__ import annotations

import os
import resource
import signal

import pytest

from bench import Bench
from call_records import CallRecords
from fault_injection import row
from faults.shim import Kind
from faulty_line import (
    FaultyLine,
    control_clients,
    incoming_call,
    outgoing_call,
    reconnecting,
    reloading,
    replugging,
)
from harness import READY
from serial_peers import PtyModem
from supervisor import Supervisor

STEP = int(os.environ.get("FAULT_STEP", "15"))
FIRST = int(os.environ.get("FAULT_FIRST", "1"))
YEAR = 365 * 86_400 * 1_000_000_000


@pytest.fixture
def line(bench: Bench) -> FaultyLine:
    return FaultyLine(bench)


@pytest.mark.parametrize(
    ("scenario", "kind", "step"),
    [
        (outgoing_call, Kind.HARD, STEP),
        (outgoing_call, Kind.INTERRUPTED, STEP),
        (outgoing_call, Kind.PARTIAL, STEP),
        (outgoing_call, Kind.AGAIN, STEP),
        (incoming_call, Kind.HARD, STEP),
        (reconnecting, Kind.HARD, STEP),
        (reconnecting, Kind.PARTIAL, STEP),
        (replugging, Kind.HARD, STEP * 4),
        (control_clients, Kind.HARD, STEP),
        (reloading, Kind.HARD, STEP * 4),
    ],
)
def test_a_call_of_the_system_that_fails_costs_no_more_than_what_it_was_for(
    line: FaultyLine, scenario: object, kind: Kind, step: int
) -> None:
    tally = line.inject(scenario, kind, step, FIRST)  # type: ignore[arg-type]
    line.expect_records()
    print("\n" + row(scenario.__name__, kind, tally))  # type: ignore[attr-defined]
    assert tally.points > 0


def test_a_line_starts_whatever_fails_or_says_why_not(line: FaultyLine) -> None:
    tally = line.inject_into_starts(Kind.HARD, STEP * 3, FIRST)
    line.expect_records()
    print("\n" + row("start", Kind.HARD, tally))


def test_a_line_ends_in_order_whatever_fails(line: FaultyLine) -> None:
    tally = line.inject_into_ends(Kind.HARD, max(STEP // 2, 1), FIRST)
    line.expect_records()
    print("\n" + row("end", Kind.HARD, tally))


def test_a_tty_and_a_socket_that_take_nothing_for_a_while(line: FaultyLine) -> None:
    tally = line.inject(outgoing_call, Kind.AGAIN, STEP, FIRST, times=100)
    line.expect_records()
    print("\n" + row("outgoing_call", Kind.AGAIN, tally))


def test_a_line_without_a_descriptor_to_spare_comes_back_when_there_are_some(line: FaultyLine) -> None:
    daemon = line.launch()
    line.expect_well()
    with line.unspoilt():
        used = daemon.footprint().descriptors
        soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (used, hard))
        start, logged = len(line.patriot.events), len(daemon.output)
        line.patriot.drop()
        line.modem.unplug()
        daemon.wait_for_line("modem port closed", start=logged)
        line.replug()
        daemon.wait_for_line("Patriot is unreachable", start=logged)
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (soft, hard))
        line.until(lambda: line.is_authenticated(start), seconds=60)
        line.expect_well()


def test_a_clock_that_jumps_ends_no_call_and_spoils_no_record(line: FaultyLine) -> None:
    daemon = line.launch()
    daemon.wait_for_line(READY, seconds=30)
    numbers = []
    for years in (10, -20, 0):
        logged = len(daemon.output)
        assert line.dial()
        numbers.append(line.modem.commands.all()[-1].removeprefix("ATD").rstrip(";"))
        line.modem.set_call(PtyModem.ACTIVE, numbers[-1])
        assert line.logs("call active", logged)
        line.faults.clock_offset = years * YEAR
        line.modem.wait_for_poll()
        assert line.modem.call is not None
        assert line.hang_up()
        assert line.logs("call ended", logged)
    assert daemon.terminate() == 0
    found = CallRecords.read(line.state)
    assert not found.torn
    # A call whose clock went back has its end in the file of an earlier month.
    for number in numbers:
        assert [sorted(events) for events in found.events(number)] == [["answered", "local-hang-up", "start"]]
    ends = [record["seconds"] for record in found.records if record["event"] == "end"]
    assert len(ends) == 3 and all(0 <= seconds < 60 for seconds in ends)


def test_a_line_that_stands_still_is_seen_by_its_watchdog_and_then_tells_what_came_meanwhile(bench: Bench) -> None:
    supervisor = Supervisor(bench.directory / "notify", watchdog_seconds=2)
    bench.closing.callback(supervisor.close)
    bench.environment |= supervisor.environment
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    supervisor.wait_for_feed(10)
    patriot.dial("5550123")
    patriot.expect_status(active=True, outbound=True, caller_id="5550123")
    modem.set_call(PtyModem.ACTIVE)
    modem.wait_for_poll()
    daemon.signal(signal.SIGSTOP)
    try:
        position = len(supervisor.said)
        supervisor.said.expect_none(lambda text: "WATCHDOG=1" in text, "feed", seconds=3, start=position)
        modem.call = None
        modem.say("NO CARRIER")
        patriot.request_status()
    finally:
        daemon.signal(signal.SIGCONT)
    supervisor.wait_for_feed(10, position)
    patriot.wait_for_status(active=False)
    patriot.dial("5550124")
    patriot.wait_for_status(active=True, outbound=True, caller_id="5550124")
    modem.wait_for_command("ATD5550124;")
