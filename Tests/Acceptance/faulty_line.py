"""A line whose system calls fail, one after another, and the proof after each that it serves again."""

from __future__ import annotations

import contextlib
import logging
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bench import Bench
from call_records import CallRecords
from control_client import Client
from faults.shim import Faults, Kind, Shot
from harness import Daemon
from patriot_server import Authenticated, Opened, is_status
from serial_peers import PtyModem, release_after_kill

logger = logging.getLogger("faults")
# Reconnecting may wait 30 s, and a modem's port is tried each second.
RECOVERY = 60.0
# After a fault nothing more of the scenario may come; so long it is waited for anyway.
GRACE = 0.5


@dataclass
class Tally:
    """Of one scenario with one kind of fault."""

    points: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    longest_recovery: float = 0


class FaultyLine:
    def __init__(self, bench: Bench) -> None:
        self.faults = Faults(bench.directory)
        self.state, self.run = bench.directory / "state", bench.directory / "run"
        for directory in (self.state, self.run):
            directory.mkdir()
        bench.environment |= self.faults.environment
        self.patriot, self.modem = bench.patriot(), bench.pty_modem()
        self._bench, self._modems = bench, [self.modem]
        self._numbers = 0
        self.daemon: Daemon | None = None

    # The line

    def launch(self) -> Daemon:
        """A new process; the old one is killed."""
        self.discard()
        self._opened_before = self._connections
        self.daemon = self._bench.daemon(
            self.patriot.port, STATE_DIRECTORY=self.state, RUNTIME_DIRECTORY=self.run, LOG_LEVEL="info"
        )
        return self.daemon

    def discard(self) -> None:
        if self.daemon is not None and self.daemon.is_running:
            self.daemon.kill()
            with contextlib.suppress(OSError):
                release_after_kill(self.modem.link)

    @property
    def _connections(self) -> int:
        return sum(isinstance(event, Opened) for event in self.patriot.events.all())

    @property
    def running(self) -> Daemon:
        assert self.daemon is not None
        return self.daemon

    def replug(self) -> None:
        self.modem = self._bench.pty_modem()
        self._modems.append(self.modem)

    # What the scenarios are made of

    def until(self, condition: Callable[[], bool], seconds: float = 10) -> bool:
        """Waits, but not for long once a call has failed."""
        deadline = time.monotonic() + seconds
        has_failed = False
        while not condition():
            if not has_failed and self.faults.shot.injected:
                has_failed, deadline = True, time.monotonic() + GRACE
            if time.monotonic() > deadline or not self.running.is_running:
                return False
            time.sleep(0.005)
        return True

    def dial(self) -> bool:
        number = self.new_number()
        start = len(self.modem.commands)
        with contextlib.suppress(Exception):
            self.patriot.dial(number)
        return self.until(lambda: any(f"ATD{number};" in line for line in self.modem.commands.all(start)))

    def new_number(self) -> str:
        self._numbers += 1
        return f"555{self._numbers:05}"

    def hang_up(self) -> bool:
        with contextlib.suppress(Exception):
            self.patriot.hang_up()
        return self.until(lambda: self.modem.call is None)

    def is_told(self, active: bool, start: int) -> bool:
        """Patriot was, since its event number `start`."""
        return any(is_status(event) and event.payload["callActive"] is active for event in self.patriot.events.all(start))

    def logs(self, text: str, start: int, seconds: float = 10) -> bool:
        """The line does, after line `start` of its log. To ask it would be more system calls of its own."""
        return self.until(lambda: any(text in line for line in self.running.output.all(start)), seconds)

    def is_authenticated(self, start: int) -> bool:
        return any(isinstance(event, Authenticated) for event in self.patriot.events.all(start))

    def says(self) -> dict[str, object]:
        """The status on the control socket; empty when nobody answers there."""
        try:
            with Client(self.run / "control") as client:
                status = client.ask("status")["status"]
                assert isinstance(status, dict)
                return status
        except (OSError, AssertionError):
            return {}

    # The proof

    def expect_well(self) -> float:
        """Ready, truthful and dialling, without a fault. How long it took to be ready."""
        began = time.monotonic()
        self._wait(lambda: self._is_ready_and_free(), "ready")
        recovery = time.monotonic() - began
        start = len(self.patriot.events)
        assert self.dial(), f"a dial-request makes no call: {self.says()}"
        self._wait(lambda: self.is_told(True, start), "the call told")
        start = len(self.patriot.events)
        self.patriot.request_status()
        self._wait(lambda: self.is_told(True, start), "the call as status")
        assert self.hang_up(), "a hangup-request does not end the call"
        self._wait(lambda: self.is_told(False, start), "the end told")
        self._wait(lambda: self._is_ready_and_free(), "ready again")
        return recovery

    def _is_ready_and_free(self) -> bool:
        status = self.says()
        if self.modem.call is not None and status.get("patriot", {}).get("isAuthenticated"):  # type: ignore[attr-defined]
            with contextlib.suppress(Exception):
                self.patriot.hang_up()
        return bool(status.get("isReady")) and "call" not in status and self.modem.call is None

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + RECOVERY
        while not condition():
            assert self.running.is_running, f"the line ended ({self.running.exit_code()})"
            assert time.monotonic() < deadline, f"not within {RECOVERY:.0f} s: {what}; the line says {self.says()}"
            time.sleep(0.02)

    @contextlib.contextmanager
    def unspoilt(self) -> Iterator[None]:
        """What is done inside neither leaks descriptors, nor spins, nor floods the log."""
        daemon = self.running
        before, lines = daemon.footprint(), len(daemon.output)
        used, began = daemon.cpu_seconds(), time.monotonic()
        yield
        deadline = time.monotonic() + 5
        while (after := daemon.footprint()).descriptors > before.descriptors:
            assert time.monotonic() < deadline, f"descriptors leak: {before} became {after}"
            time.sleep(0.02)
        used, elapsed = daemon.cpu_seconds() - used, time.monotonic() - began
        assert used < 1 + 0.3 * elapsed, f"the line spins: {used:.1f} s of CPU in {elapsed:.1f} s"
        assert len(daemon.output) - lines < 100, f"{len(daemon.output) - lines} lines of log for one fault"

    def expect_records(self) -> None:
        """Each call that the modem was told to make is in the records, whole."""
        self.launch()
        self.expect_well()
        assert self.running.terminate() == 0
        found = CallRecords.read(self.state)
        assert not found.torn, found.torn
        found.expect_in_order()
        assert not found.open
        commands = [command for modem in self._modems for command in modem.commands.all()]
        dialled = [command.removeprefix("ATD").rstrip(";") for command in commands if command.startswith("ATD")]
        for number in dialled:
            assert len(found.events(number)) == 1, f"{number}: {found.events(number)}"

    # A process for each fault

    def inject_into_starts(self, kind: Kind, step: int = 1, first: int = 1) -> Tally:
        """Fails each `step`-th call between the start of the program and the ready line.

        It may end then, with a reason: its supervisor starts it again.
        """
        tally, number = Tally(), first
        while True:
            self.discard()
            self.faults.arm(kind, number)
            daemon = self.launch()
            self.logs("modem: ready", 0, seconds=30)
            self.until(lambda: "connected to Patriot, API key accepted" in daemon.transcript(), seconds=30)
            shot = self._disarm()
            if not daemon.is_running:
                code, said = daemon.exit_code(), daemon.transcript().strip()
                assert code > 0 and said, f"{kind.name} fault {number}, in {shot.call}: ended with {code}: {said}"
                tally.ended[said.splitlines()[-1]] += 1
                self.launch()
            if "no control socket" in daemon.transcript():
                # Calls go on without, and the log says so; here the socket is needed for the proof.
                tally.ended["no control socket"] += 1
                self.launch()
            recovery = self._expect_well_after(kind, number, shot)
            if shot.injected == 0:
                return tally
            self._count(tally, shot, recovery)
            number += step

    def inject_into_ends(self, kind: Kind, step: int = 1, first: int = 1) -> Tally:
        """Fails each `step`-th call from SIGTERM in a call to the end of the process."""
        tally, number = Tally(), first
        while True:
            self.launch()
            self.expect_well()
            assert self.dial()
            self.faults.arm(kind, number)
            code = self.running.terminate()
            shot = self._disarm()
            assert code == 0, f"{kind.name} fault {number}, in {shot.call}: ended with {code}: {self.running.transcript()}"
            with contextlib.suppress(OSError):
                release_after_kill(self.modem.link)
            self.launch()
            recovery = self._expect_well_after(kind, number, shot)
            if shot.injected == 0:
                return tally
            self._count(tally, shot, recovery)
            number += step

    # One fault after another

    def inject(
        self,
        scenario: Callable[[FaultyLine], None],
        kind: Kind,
        step: int = 1,
        first: int = 1,
        times: int = 1,
        calls: Sequence[str] = (),
    ) -> Tally:
        """Fails each `step`-th call of the scenario, until it comes to its end without a fault.

        - times: how often that call fails, one time after another.
        - calls: which calls fail; all that can if there are none.
        """
        tally = Tally()
        number = first
        while True:
            if self.daemon is None or not self.daemon.is_running or self._connections > self._opened_before + 1:
                # A connection lost again soon is opened again later: that is not to be waited for.
                self.launch()
                self.expect_well()
            with self.unspoilt():
                self.faults.arm(kind, number, times=times, calls=calls or None)
                scenario(self)
                shot = self._disarm()
                recovery = self._expect_well_after(kind, number, shot)
            if shot.injected == 0:
                return tally
            self._count(tally, shot, recovery)
            number += step

    def _disarm(self) -> Shot:
        shot = self.faults.disarm()
        if shot.call == "ioctl":
            # A tty forgets with its last user that it was for one alone; this one's modem uses it too.
            with contextlib.suppress(OSError):
                release_after_kill(self.modem.link)
        return shot

    def _expect_well_after(self, kind: Kind, number: int, shot: Shot) -> float:
        try:
            recovery = self.expect_well()
        except AssertionError as error:
            raise AssertionError(f"after {kind.name} fault {number}, in {shot.call}: {error}") from None
        logger.info("%s %d: %s, ready after %.1f s", kind.name.lower(), number, shot.call, recovery)
        return recovery

    @staticmethod
    def _count(tally: Tally, shot: Shot, recovery: float) -> None:
        assert shot.call is not None
        tally.points += 1
        tally.calls[shot.call] += 1
        tally.longest_recovery = max(tally.longest_recovery, recovery)


# The scenarios: each goes on as far as it can once a call has failed.


def outgoing_call(line: FaultyLine) -> None:
    start, logged = len(line.patriot.events), len(line.running.output)
    if line.dial():
        line.modem.set_call(PtyModem.ACTIVE)
        line.logs("call active", logged)
        line.hang_up()
        line.until(lambda: line.is_told(False, start))


def incoming_call(line: FaultyLine) -> None:
    start = len(line.patriot.events)
    line.modem.ring("5550199")
    line.until(lambda: line.is_told(True, start))
    line.modem.call = None
    line.modem.say("NO CARRIER")
    line.until(lambda: line.is_told(False, start), seconds=20)


def reconnecting(line: FaultyLine) -> None:
    start = len(line.patriot.events)
    line.patriot.drop()
    line.until(lambda: line.is_authenticated(start))
    line.until(lambda: line.is_told(False, start))


def replugging(line: FaultyLine) -> None:
    logged = len(line.running.output)
    line.modem.unplug()
    line.logs("modem port closed", logged)
    line.replug()
    line.logs("modem: ready", logged, seconds=20)


def control_clients(line: FaultyLine) -> None:
    with contextlib.suppress(OSError, AssertionError), Client(line.run / "control") as client:
        client.ask("watch")
        client.ask("at", command="AT+CSQ", timeout=2)
        client.ask("dial", number=line.new_number())
        client.ask("hangup")
    line.until(lambda: line.modem.call is None)


def reloading(line: FaultyLine) -> None:
    start, logged = len(line.patriot.events), len(line.running.output)
    line.running.signal(signal.SIGHUP)
    line.until(lambda: line.is_authenticated(start))
    line.logs("modem: ready", logged)


SCENARIOS = (outgoing_call, incoming_call, reconnecting, replugging, control_clients, reloading)
