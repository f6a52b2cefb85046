"""One line with everything around it, watched from outside while chance drives it (`random_deeds`).

What the modem and the network know is the truth; what the line does and says is compared with it:

- it never dials what nobody asked for, twice, too late, or into a call that it could know of;
- it never takes a call that nobody told it to take;
- left alone, it says what is true within a bound, to Patriot and on the control socket;
- it takes no more descriptors, threads and memory the longer it runs, and does not spin;
- it ends only when it is told to.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import Bench
from call_records import CallRecords
from control_client import Client
from events import EventLog, until
from harness import Daemon, Footprint
from patriot_server import is_status
from serial_peers import release_after_kill
from supervisor import Supervisor

# A dial-request waits 5 s at most for a line that is being hung up; what is dialled later, nobody wants any more.
REQUEST_LIFE = 10.0
# How long the line may not know of a caller: the modem tells with the first RING.
UNKNOWN_CALLER = 4.0
# For the line to say what is true once nothing happens any more, and for all to be well again.
TRUTH_BOUND, READY_BOUND = 45.0, 120.0
WATCHDOG_SECONDS = 2.0


@dataclass(frozen=True)
class TrueCall:
    """The call as the network has it."""

    is_outbound: bool
    number: str
    state: str


@dataclass
class Request:
    """A number that somebody wants dialled; each is asked for once."""

    expires: float
    dialled: bool = False


class World:
    def __init__(self, bench: Bench, profile: str, speed: float) -> None:
        self.seen: Counter[str] = Counter()
        self.requests: dict[str, Request] = {}
        self.footprints: list[tuple[float, Footprint]] = []
        self.longest_lie = self.longest_recovery = 0.0
        self.answer_is_asked = False
        self.log_bytes = 0
        self._bench, self._profile = bench, profile
        self._directory = bench.directory / "line"
        self._stops: list[tuple[float, float]] = []
        self._call: TrueCall | None = None
        self._incoming_since = 0.0
        self._followed = self._numbers = 0
        self.supervisor = Supervisor(bench.directory / "notify", WATCHDOG_SECONDS)
        bench.closing.callback(self.supervisor.close)
        bench.environment |= self.supervisor.environment
        self.patriot = bench.patriot()
        self.modem = bench.simulated_modem(profile, "--speed", str(speed))
        for name in ("state", "run"):
            (self._directory / name).mkdir(parents=True)
        self.daemon = self._start()
        self.deeds: EventLog[str] = EventLog("deeds")
        self._logs: list[tuple[str, EventLog[Any]]] = [
            ("deed", self.deeds), ("modem", self.modem.output), ("Patriot", self.patriot.events),
            ("line", self.daemon.output), ("supervisor", self.supervisor.said),
        ]  # fmt: skip

    # The line

    def _start(self) -> Daemon:
        self._started = time.monotonic()
        self._said_before = len(self.supervisor.said)
        return self._bench.daemon(
            self.patriot.port,
            MODEM_PROFILE=self._profile,
            STATE_DIRECTORY=self._directory / "state",
            RUNTIME_DIRECTORY=self._directory / "run",
            LOG_LEVEL="info",
            LOG_NUMBERS="full",
        )

    @property
    def control_socket(self) -> Path:
        return self._directory / "run/control"

    @property
    def is_serving(self) -> bool:
        """The line has told its supervisor that it is up: from then on it carries out signals."""
        return any(text.startswith("READY=1") for text in self.supervisor.said.all(self._said_before))

    def restart(self, *, killed: bool) -> None:
        """The old line ends, by a signal that it cannot see or by one that it carries out; a new one starts."""
        self._look_at_process()
        if killed or not self.is_serving:
            self.daemon.kill()
            with contextlib.suppress(OSError):  # the modem may be unplugged
                release_after_kill(self.modem.link)
        else:
            assert self.daemon.terminate() == 0, "the line did not end in order"
        self._count_log()
        self.footprints.clear()
        self.daemon = self._start()
        self._logs.append(("line", self.daemon.output))

    def stopped(self, start: float, end: float) -> None:
        """The line's process did not run from `start` to `end`."""
        self._stops.append((start, end))

    def _count_log(self) -> None:
        self.log_bytes += sum(len(line) + 1 for line in self.daemon.output.all())

    def control(self) -> Client | None:
        """None while a new line has no socket yet."""
        try:
            return Client(self.control_socket)
        except OSError:
            return None

    # What is asked for

    def new_number(self) -> str:
        """One that is dialled once, if at all."""
        self._numbers += 1
        number = f"555{self._numbers:07}"
        self.requests[number] = Request(expires=time.monotonic() + REQUEST_LIFE)
        return number

    def hung_up(self) -> None:
        """Whatever waits to be dialled is dropped."""
        limit = time.monotonic() + REQUEST_LIFE / 2
        for request in self.requests.values():
            request.expires = min(request.expires, limit)

    # The truth

    @property
    def call(self) -> TrueCall | None:
        self.follow()
        return self._call

    def follow(self) -> None:
        """Reads what happened on the modem's side, and looks at each thing that the line did there."""
        for line in self.modem.output.all(self._followed):
            moment = self.modem.output.moment(self._followed)
            self._followed += 1
            if line.startswith("line: "):
                self._call_changed(line.removeprefix("line: "), moment)
            elif line.startswith("<- ATD"):
                self._dialled(re.sub(r"[^0-9*#+]", "", line.removeprefix("<- ATD")), moment)
            elif line.startswith("<- ATA"):
                assert self.answer_is_asked, "the line took a call by itself"

    def _call_changed(self, text: str, moment: float) -> None:
        if text == "free":
            self._call = None
            return
        state, direction, number = text.split(", ")
        if self._call is None and direction == "inbound":
            self._incoming_since = moment
            self.seen["calls in"] += 1
        if state == "active" and (self._call is None or self._call.state != "active"):
            self.seen["calls answered"] += 1
        self._call = TrueCall(direction == "outbound", number, state)

    def _dialled(self, number: str, moment: float) -> None:
        self.seen["calls out"] += 1
        request = self.requests.get(number)
        assert request is not None, f"the line dialled {number}, which nobody asked for"
        assert not request.dialled, f"the line dialled {number} twice"
        request.dialled = True
        late = moment - request.expires
        assert late < self._stopped_since(request.expires - REQUEST_LIFE), f"the line dialled {number} {late:.1f} s late"
        if self._call is not None:
            known = moment - self._incoming_since - self._stopped_since(self._incoming_since)
            is_surprised = self._call.state == "incoming" and known < UNKNOWN_CALLER
            assert is_surprised, f"the line dialled {number} into a call: {self._call}"
            self.seen["dials that met a caller"] += 1

    def _stopped_since(self, moment: float) -> float:
        # The first second after it is spent on catching up.
        return sum(end - max(start, moment) + 1 for start, end in self._stops if end > moment)

    # What the line says

    def _says(self) -> dict[str, object] | None:
        """On the control socket."""
        client = self.control()
        if client is None:
            return None
        with client:
            status = client.ask("status")["status"]
            assert isinstance(status, dict)
            return status

    def _tells_patriot(self) -> dict[str, object] | None:
        start = len(self.patriot.events)
        try:
            self.patriot.request_status()
        except Exception:  # not connected, for whatever reason
            return None
        found = self.patriot.events.find(is_status, seconds=2, start=start)
        return None if found is None else found[1].payload  # type: ignore[union-attr]

    def expect_truth(self) -> None:
        """Left alone, the line comes to say what is true, to all who ask."""
        began = time.monotonic()
        while True:
            before, said, told = self.call, self._says(), self._tells_patriot()
            if before == self.call and said is not None and self._is_true(before, said, told):
                break
            self._look_at_process()
            lie = time.monotonic() - began
            assert lie < TRUTH_BOUND, f"for {lie:.0f} s not true: {before}; said {said}, told Patriot {told}"
            time.sleep(0.1)
        self.longest_lie = max(self.longest_lie, time.monotonic() - began)
        self._look_at_process()

    def _is_true(self, call: TrueCall | None, said: dict[str, object], told: dict[str, object] | None) -> bool:
        if call is None:
            return "call" not in said and told in (None, {"callActive": False})
        shown = said.get("call")
        if not isinstance(shown, dict):
            return False
        direction = "outbound" if call.is_outbound else "inbound"
        wanted = {"callActive": True, "outbound": call.is_outbound, "callerId": call.number}
        return shown["direction"] == direction and shown.get("number") == call.number and told in (None, wanted)

    # At rest

    def expect_rest(self) -> None:
        """With everything in order around it, the line is ready, dials what it is asked to, and is as small as before."""
        self._wait(lambda: self.patriot.is_up, "Patriot", 1)
        began = time.monotonic()
        self._wait(self._is_ready_and_free, "a ready line", READY_BOUND)
        self.longest_recovery = max(self.longest_recovery, time.monotonic() - began)
        number = self.new_number()
        self.patriot.dial(number)
        self._wait(lambda: self._was_dialled(number), f"ATD{number}", REQUEST_LIFE)
        self.patriot.hang_up()
        self.expect_truth()
        self._wait(lambda: self.call is None, "the end of the call", TRUTH_BOUND)
        self.expect_truth()
        self._expect_small()

    def _is_ready_and_free(self) -> bool:
        status = self._says()
        if status is None:
            return False
        if self.call is not None:
            # As an operator, who sees that it is still up; Patriot may not be connected yet.
            with contextlib.suppress(Exception):
                self.patriot.hang_up()
            self.hung_up()
            time.sleep(1)
        return bool(status["isReady"]) and "call" not in status and self.call is None

    def _was_dialled(self, number: str) -> bool:
        self.follow()
        return self.requests[number].dialled

    def _expect_small(self) -> None:
        self.supervisor.wait_for_feed(self.supervisor.feed_interval + 5)
        used, began = self.daemon.cpu_seconds(), time.monotonic()
        self.supervisor.wait_for_feed(self.supervisor.feed_interval + 5)
        share = (self.daemon.cpu_seconds() - used) / (time.monotonic() - began)
        assert share < 0.25, f"the line uses {share:.0%} of a processor at rest"
        footprint = self.daemon.footprint()
        self.footprints.append((time.monotonic() - self._started, footprint))
        first = self.footprints[0][1]
        assert footprint.descriptors <= first.descriptors + 2, f"descriptors: {first} became {footprint}"
        assert footprint.threads <= first.threads + 8, f"threads: {first} became {footprint}"
        assert footprint.anonymous_kilobytes <= first.anonymous_kilobytes + 8192, f"{first} became {footprint}"

    def _look_at_process(self) -> None:
        self.follow()
        assert self.daemon.is_running, "the line ended by itself:\n" + "\n".join(self.daemon.output.all()[-30:])

    def _wait(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        until(condition, lambda: f"{what}; the line says {self._says()}", seconds, self._look_at_process, pause=0.1)

    def timeline(self) -> str:
        """All that was seen, by all, in order."""
        rows = sorted(
            (log.moment(index), f"{name:10}  {event}") for name, log in self._logs for index, event in enumerate(log.all())
        )
        return "\n".join(f"{moment - rows[0][0]:9.3f}  {row}" for moment, row in rows)

    # At the end

    def finish(self) -> CallRecords:
        """The line ends in order; its records hold each call once."""
        self.expect_rest()
        assert self.daemon.terminate() == 0
        self._count_log()
        found = CallRecords.read(self._directory / "state")
        assert not found.torn, found.torn
        found.expect_in_order()
        assert not found.open, f"calls without an end: {found.open}"
        recorded = Counter(records[0].get("number") for records in found.by_id.values())
        for number, request in self.requests.items():
            assert not request.dialled or recorded[number] == 1, f"{number} is in {recorded[number]} records"
        return found
