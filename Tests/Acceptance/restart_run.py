"""The restart run: a line that dies again and again in the middle of calls, while an operator dials and hangs up.

Each death is one of: SIGTERM, SIGKILL, the watchdog (SIGABRT), a port that is lost, a modem that falls silent. The modem, of one
of three kinds, has power of its own, and its line is the truth. Each seed gives the same deeds:

    python restart_run.py --deaths 1000 --seed 1

Counted, and all to be 0:

- calls that are up while Patriot was told that they are over, for longer than the modem may be silent;
- hang-ups that Patriot wanted and that were not carried out;
- lines that the modem holds after the last hang-up;
- dials into a call, and second dials of a number.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench import Bench
from certificates import make_certificate
from harness import READY
from patriot_server import Authenticated, Received, is_status
from restart_peers import LineModem
from serial_peers import release_after_kill

# A modem that answers counts as free only when it is: so long may a false status be ahead of the line.
LIE_BOUND = 3.0
# For a wanted end: the silence of a modem, the port that is opened again, its set-up.
END_BOUND = 45.0
KINDS = {"listing": "generic-gsm", "refusing": "generic-gsm", "analog": "analog"}
DEATHS = ["SIGTERM", "SIGKILL", "watchdog", "port lost", "silent"]


@dataclass
class Counters:
    """What went wrong, and what was done."""

    lies: int = 0
    forgotten_ends: int = 0
    held_lines: int = 0
    second_calls: int = 0
    done: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        return self.lies + self.forgotten_ends + self.held_lines + self.second_calls

    def __str__(self) -> str:
        return (
            f"calls up and told as over: {self.lies}; wanted ends not carried out: {self.forgotten_ends}; "
            f"lines held after the last hang-up: {self.held_lines}; second calls: {self.second_calls}; {dict(self.done)}"
        )


class RestartRun:
    """One line on one kind of modem."""

    def __init__(self, bench: Bench, kind: str, seed: int, shows_log: bool = False) -> None:
        self.counters = Counters()
        self._shows_log = shows_log
        # An abort is an end, without the minute that a picture of it takes.
        bench.environment["SWIFT_BACKTRACE"] = "enable=no"
        self._bench, self._kind, self._random = bench, kind, random.Random(f"{seed} {kind}")
        self._directory = bench.directory / kind
        for name in ("state", "run"):
            (self._directory / name).mkdir(parents=True)
        self._modem = LineModem(self._directory / "modem", kind)
        bench.keep_stream(self._modem)
        self._patriot = bench.patriot()
        self._dials = 0
        self._silent_since: float | None = None
        self._unheard_since: float | None = None
        self._is_over = False
        self._daemon = self._start()
        self._watch = threading.Thread(target=self._watch_for_lies, daemon=True)
        self._watch.start()

    def _start(self):  # type: ignore[no-untyped-def]
        return self._bench.daemon(
            self._patriot.port,
            MODEM_DEVICE=self._modem.link,
            MODEM_PROFILE=KINDS[self._kind],
            STATE_DIRECTORY=self._directory / "state",
            RUNTIME_DIRECTORY=self._directory / "run",
        )

    def run(self, deaths: int) -> Counters:
        self._daemon.wait_for_line(READY, seconds=30)
        for _ in range(deaths):
            self._round()
        self._hang_up_for_good()
        if self._modem.is_off_hook:
            self.counters.held_lines += 1
        self._is_over = True
        self._watch.join(timeout=5)
        self.counters.second_calls += sum("second call" in number for number in self._modem.dialled)
        self.counters.second_calls += len(self._modem.dialled) - len(set(self._modem.dialled))
        self._daemon.terminate()
        return self.counters

    # One death

    def _round(self) -> None:
        if not self._modem.is_off_hook and self._random.random() < 0.9:
            self._dial()
        time.sleep(self._random.choice([0.0, 0.02, 0.3, 0.6]) * self._random.random())
        wants_end = self._random.random() < 0.4
        if wants_end:
            position = len(self._daemon.output)
            self._ask(self._patriot.hang_up)
            time.sleep(self._random.choice([0.0, 0.005, 0.1]) * self._random.random())
            dying = self._daemon
        death = self._random.choice(DEATHS)
        self.counters.done[death] += 1
        self._die(death)
        # A request that reached no living process was never heard.
        if wants_end and (dying is self._daemon or any("call hanging up" in line for line in dying.output.all(position))):
            self._expect_end(f"after {death}")
        if self._modem.is_off_hook and self._random.random() < 0.6:
            self._hang_up_for_good()
        self._expect_quiet_truth()

    def _dial(self) -> None:
        self._dials += 1
        self.counters.done["dials"] += 1
        self._ask(lambda: self._patriot.dial(f"555{self._dials:05}"))

    def _ask(self, request) -> None:  # type: ignore[no-untyped-def]
        """A request that may find no connection, as an operator's may."""
        try:
            request()
        except Exception:  # noqa: BLE001 the connection may end in any way
            self.counters.done["requests without a line"] += 1

    def _die(self, death: str) -> None:
        if death == "silent":
            self._unheard_since = time.monotonic()
            self._modem.is_deaf = True
            time.sleep(self._random.choice([1.0, 4.0, 9.0]))
            self._modem.is_deaf = False
            self._unheard_since = None
            return
        self._unheard_since = time.monotonic()
        if death == "port lost":
            self._modem.replug()
        else:
            if death == "SIGTERM":
                self._daemon.terminate()
            elif death == "SIGKILL":
                self._daemon.kill()
            else:
                self._daemon.signal(signal.SIGABRT)
                self._daemon.exit_code()
            release_after_kill(self._modem.link)
            position = len(self._patriot.events)
            self._daemon = self._start()
            if self._patriot.events.find(lambda event: isinstance(event, Authenticated), 60, position) is None:
                raise AssertionError(f"{self._kind}: no authentication after {death}:\n{self._log()}")
        self._wait(self._is_serving, 20)
        self._unheard_since = None

    def _log(self) -> str:
        return "\n".join(self._daemon.output.all()[-60:])

    def _is_serving(self) -> bool:
        return any("modem: " in line and "being set up" not in line for line in self._daemon.output.all())

    # The truth

    def _told(self) -> bool | None:
        """What Patriot was told last."""
        for event in reversed(self._patriot.events.all()):
            if is_status(event):
                assert isinstance(event, Received)
                return bool(event.payload["callActive"])
        return None

    def _watch_for_lies(self) -> None:
        since: float | None = None
        while not self._is_over:
            is_lie = self._modem.is_off_hook and self._told() is False and self._unheard_since is None
            now = time.monotonic()
            since = (since or now) if is_lie else None
            if since is not None and now - since > LIE_BOUND:
                self.counters.lies += 1
                print(f"{self._kind}: a call is up and Patriot was told that it is over; {self._modem.last_heard}")
                since = now + 60
            time.sleep(0.02)

    def _expect_end(self, when: str) -> None:
        if not self._wait(lambda: not self._modem.is_off_hook, END_BOUND):
            self.counters.forgotten_ends += 1
            print(f"{self._kind}: the wanted end of {self._modem.number} was not carried out {when}")

    def _hang_up_for_good(self) -> None:
        """The operator presses the button until the line is free."""
        deadline = time.monotonic() + END_BOUND
        while time.monotonic() < deadline:
            self._ask(self._patriot.hang_up)
            if self._wait(lambda: not self._modem.is_off_hook and self._told() is False, 5):
                return

    def _expect_quiet_truth(self) -> None:
        """Once nothing happens any more Patriot knows what is so; without a list a call that is not up may count as dialed."""
        may_believe = self._kind != "listing"
        if not self._wait(lambda: self._told() in (self._modem.is_off_hook, may_believe), END_BOUND):
            self.counters.lies += 1
            print(f"{self._kind}: Patriot was told {self._told()}, and the line is {self._modem.is_off_hook}")
            if self._shows_log:
                print(self._log())

    def _wait(self, condition, seconds: float) -> bool:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def run_all(bench: Bench, deaths: int, seed: int, shows_log: bool = False) -> Counters:
    """A third of the deaths for each kind of modem, the three at once."""
    runs = [RestartRun(bench, kind, seed, shows_log) for kind in KINDS]
    failures: list[BaseException] = []

    def drive(run: RestartRun) -> None:
        try:
            run.run(deaths // len(runs))
        except BaseException as error:  # noqa: BLE001 told by the one who waits
            failures.append(error)

    threads = [threading.Thread(target=drive, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    total = Counters()
    for run in runs:
        for name in ("lies", "forgotten_ends", "held_lines", "second_calls"):
            setattr(total, name, getattr(total, name) + getattr(run.counters, name))
        total.done += run.counters.done
    return total


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--deaths", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--trace", action="store_true", help="show the line's log where it goes wrong")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="patriot-") as directory:
        bench = Bench(Path(directory), make_certificate(Path(directory), "patriot"))
        with bench.closing:
            counters = run_all(bench, chosen.deaths, chosen.seed, chosen.trace)
    print(f"{chosen.deaths} deaths, seed {chosen.seed}: {counters}")
    return 1 if counters.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
