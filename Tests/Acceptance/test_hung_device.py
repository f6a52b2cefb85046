"""A device that holds the calls on its port: Patriot, `status` and the watchdog go on, and the line comes back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import Bench
from control_client import Client
from faults.holding import CALLS, Holding
from harness import READY, Daemon
from patriot_server import Closed, PatriotServer
from serial_peers import PtyModem
from supervisor import Supervisor

# As long as a device is held here: longer than the line's patience and than the watchdog's limit.
HELD = float(os.environ.get("HELD_SECONDS", "8"))
HUNG = "the device does not let go of its port: unplug it"


class HungLine:
    """A line whose calls on its port can be held."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.holding = Holding(bench.directory)
        self.supervisor = Supervisor(bench.directory / "notify", watchdog_seconds=2)
        bench.closing.callback(self.supervisor.close)
        bench.closing.callback(self.holding.release)
        bench.environment |= self.supervisor.environment | self.holding.environment
        self.patriot: PatriotServer = bench.patriot()
        self.modem: PtyModem = bench.pty_modem()

    def launch(self) -> None:
        self.daemon: Daemon = self.bench.daemon(self.patriot.port)
        self.run = Path(self.bench.directory / "daemon-1" / "run")

    def until_ready(self) -> None:
        self.patriot.expect_authentication()
        self.patriot.expect_status(active=False)
        self.daemon.wait_for_line(READY, seconds=30)

    def says(self) -> dict[str, object]:
        """Within a second, whatever the device does."""
        began = time.monotonic()
        with Client(self.run / "control") as client:
            reply = client.ask("status")["status"]
        assert time.monotonic() - began < 1, "status does not answer within a second"
        return reply  # type: ignore[return-value]

    def expect_alive(self, seconds: float, expected: str | None = HUNG) -> None:
        """While the device holds: Patriot's link lives and is answered, `status` says what is, the watchdog is fed."""
        first, heard, deadline = len(self.patriot.events), False, time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.patriot.request_status()
            self.patriot.wait_for_status(seconds=1, active=False)
            self.supervisor.wait_for_feed(2)
            heard = heard or expected is None or expected in str(self.says())
            time.sleep(0.2)
        assert heard, f"status never said {expected!r}: {self.says()}"
        assert not [event for event in self.patriot.events.all()[first:] if isinstance(event, Closed)]

    def expect_works_within(self, seconds: float, logged: int) -> None:
        """From the release on: set up, and a dial reaches the modem."""
        self.daemon.wait_for_line(READY, seconds=seconds, start=logged)
        commands = len(self.modem.commands)
        self.patriot.dial("5550123")
        self.modem.wait_for_command("ATD5550123;", start=commands)
        self.patriot.wait_for_status(active=True, outbound=True, caller_id="5550123")
        self.patriot.hang_up()
        self.patriot.wait_for_status(active=False)


@pytest.fixture
def line(bench: Bench) -> Iterator[HungLine]:
    yield HungLine(bench)


@pytest.mark.parametrize("call", [call for call in CALLS if call != "close"])
def test_a_device_that_holds_a_call_at_the_start_holds_nothing_else(line: HungLine, call: str) -> None:
    line.holding.hold(call)
    line.launch()
    line.patriot.expect_authentication()
    line.patriot.expect_status(active=False)
    line.holding.wait_until_held()
    line.expect_alive(HELD)
    logged = len(line.daemon.output)
    line.holding.release()
    line.expect_works_within(2, logged)
    assert "in use by" not in line.daemon.transcript()


@pytest.mark.parametrize("call", ["ioctl", "tcflush", "close"])
def test_a_modem_that_died_and_holds_its_port_holds_nothing_else(line: HungLine, call: str) -> None:
    line.launch()
    line.until_ready()
    line.patriot.dial("5550124")
    line.modem.wait_for_command("ATD5550124;")
    line.modem.set_call(PtyModem.ACTIVE, "5550124")
    line.modem.wait_for_poll()
    # The firmware is dead: nothing is answered, and the port does not close.
    line.modem.mute = frozenset({""})
    line.holding.hold(call)
    logged = len(line.daemon.output)
    line.patriot.hang_up()
    line.daemon.wait_for_line("modem port closed", seconds=40, start=logged)
    line.holding.wait_until_held()
    line.modem.call = None
    line.patriot.wait_for_status(seconds=20, active=False)
    line.expect_alive(HELD)
    line.modem.mute = frozenset()
    logged = len(line.daemon.output)
    line.holding.release()
    line.expect_works_within(2, logged)
    assert "in use by" not in line.daemon.transcript()


@pytest.mark.parametrize("call", ["ioctl", "tcflush", "close"])
def test_a_modem_that_is_pulled_out_and_holds_its_port_holds_nothing_else(line: HungLine, call: str) -> None:
    line.launch()
    line.until_ready()
    line.holding.hold(call)
    logged = len(line.daemon.output)
    line.modem.unplug()
    line.daemon.wait_for_line("modem port closed", start=logged)
    line.holding.wait_until_held()
    line.expect_alive(HELD)
    line.modem = line.bench.pty_modem()
    logged = len(line.daemon.output)
    line.holding.release()
    line.expect_works_within(2, logged)


@pytest.mark.parametrize("call", ["ioctl", "tcflush", "close"])
def test_a_line_ends_and_a_configuration_changes_beside_a_device_that_holds_its_port(line: HungLine, call: str) -> None:
    line.launch()
    line.until_ready()
    line.holding.hold(call)
    logged = len(line.daemon.output)
    line.daemon.reload()
    line.daemon.wait_for_line("going over to the new configuration", start=logged)
    line.patriot.expect_authentication()
    line.expect_alive(HELD)
    began = time.monotonic()
    assert line.daemon.terminate(seconds=5) == 0
    assert time.monotonic() - began < 4
