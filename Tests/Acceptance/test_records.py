"""Call records: whatever ends the daemon, and whatever the disk does, a call that started is in them once.

CALL_RECORD_KILLS says at how many random moments the daemon is killed (40; a second each, so with 1000 give pytest
`-o faulthandler_timeout=0` too), CALL_RECORD_SEED which ones.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import Bench
from call_records import CallRecords
from control_client import Client
from events import until
from faults.holding import Holding
from harness import BINARY, READY, Daemon
from patriot_server import PatriotServer
from serial_peers import PtyModem, release_after_kill

KILLS = int(os.environ.get("CALL_RECORD_KILLS", "40"))
SEED = int(os.environ.get("CALL_RECORD_SEED", "20261123"))
NUMBER = "5550123"


@pytest.fixture
def state(bench: Bench) -> Path:
    directory = bench.directory / "records"
    directory.mkdir()
    return directory


def _call(patriot: PatriotServer, modem: PtyModem, number: str = NUMBER) -> None:
    """A call that is answered and hung up."""
    position = len(modem.commands)
    patriot.dial(number)
    patriot.expect_status(active=True, outbound=True, caller_id=number)
    modem.wait_for_command("ATD", start=position)
    modem.set_call(PtyModem.ACTIVE, number)
    modem.wait_for_poll()
    patriot.hang_up()
    patriot.expect_status(active=False)


# What is recorded


def test_a_call_is_on_the_disk_at_its_start_its_answer_and_its_end(bench: Bench, state: Path) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot, STATE_DIRECTORY=state)
    patriot.dial(NUMBER)
    modem.wait_for_command("ATD")
    until(lambda: CallRecords.read(state).events(NUMBER) == [["start"]], "the start")
    modem.set_call(PtyModem.ACTIVE, NUMBER)
    until(lambda: CallRecords.read(state).events(NUMBER) == [["start", "answered"]], "the answer")
    patriot.hang_up()
    until(lambda: CallRecords.read(state).events(NUMBER) == [["start", "answered", "local-hang-up"]], "the end")
    (file,) = state.iterdir()
    assert file.stat().st_mode & 0o7777 == 0o640
    end = CallRecords.read(state).records[-1]
    assert end["line"] == "line" and end["direction"] == "outbound" and end["requestedBy"] == "patriot"
    assert 0 < end["answeredSeconds"] <= end["seconds"] < 20


def test_a_dial_that_was_refused_has_its_reason_in_one_record(bench: Bench, state: Path) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot, STATE_DIRECTORY=state)
    patriot.dial("*21*5550199#")
    patriot.expect_status(active=False)
    until(lambda: CallRecords.read(state).events("*21*5550199#") == [["refused"]], "the refusal")
    assert CallRecords.read(state).records[0]["reason"]
    assert _calls(state, "--result", "refused", "--reasons").returncode == 0


def test_a_dial_by_hand_that_replaces_one_of_patriot_that_waits_is_not_mixed_up_with_it(bench: Bench, state: Path) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot, STATE_DIRECTORY=state, DIAL_DURING_CALL="replace")
    patriot.dial("5550150")
    modem.wait_for_command("ATD5550150;")
    modem.mute = frozenset({"H", "+CHUP", "+CHLD"})
    patriot.dial("5550151")
    daemon.wait_for_line("A dial-request waits until the line is free")
    # There is one place for a dial that waits; the newest has it.
    with Client(daemon.configuration.parent / "run/control") as client:
        assert "error" not in client.ask("dial", number="5550152")
    modem.mute = frozenset()
    modem.call = None
    modem.say("NO CARRIER")
    modem.wait_for_command("ATD5550152;")
    until(lambda: CallRecords.read(state).events("5550152") == [["start"]], "the start of the call that waited")
    found = CallRecords.read(state)
    assert found.events("5550151") == [["refused"]]
    requesters = {record["number"]: record["requestedBy"] for record in found.records}
    assert requesters == {"5550150": "patriot", "5550151": "patriot", "5550152": "control"}


def _calls(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BINARY, "calls", "--directory", state, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


# The daemon is killed


class Killings:
    """Lines that are killed at random moments while calls run, one after another, with one modem and one directory.

    Each call has a number of its own, so that the modem's commands tell which calls there were.
    """

    def __init__(self, bench: Bench, state: Path, seed: int) -> None:
        self.patriot = bench.patriot()
        self.modem = bench.pty_modem()
        self.seen: Counter[str] = Counter()
        self._bench, self._state, self._random = bench, state, random.Random(seed)
        self._dialled = 0
        self._number = ""

    def kill_one(self) -> None:
        daemon = self._start()
        if self.modem.call is None:
            # A dial that the modem was perhaps sent just before the kill counts as a call until the list has had its time.
            self.patriot.hang_up()
            self.patriot.wait_for_status(active=False, seconds=15)
            self._dial()
        elif self._chance(0.3):
            self.patriot.hang_up()
        elif self._chance(0.5):
            self.modem.call = None
            if self._chance(0.5):
                daemon.wait_for_line("call ended")
        # Most of it is written soon; the rest happens well into the call.
        time.sleep(self._random.choice([0.002, 0.02, 0.6]) * self._random.random())
        daemon.kill()
        self.patriot.expect_closed()
        release_after_kill(self.modem.link)
        self._look()

    def finish(self) -> None:
        """A last line, which nobody kills."""
        daemon = self._start()
        if self.modem.call is not None:
            self.patriot.hang_up()
            self.patriot.wait_for_status(active=False)
        until(lambda: not CallRecords.read(self._state).open, "the end of all calls in the records")
        assert daemon.terminate() == 0

    @property
    def dialled_numbers(self) -> list[str]:
        """As the modem knows them."""
        return [command[len("ATD") :].rstrip(";") for command in self.modem.commands.all() if command.startswith("ATD")]

    def _start(self) -> Daemon:
        # The runtime directory outlives a crash, as systemd has it with RuntimeDirectoryPreserve=yes.
        daemon = self._bench.daemon(
            self.patriot.port, STATE_DIRECTORY=self._state, RUNTIME_DIRECTORY=self._bench.directory
        )
        self.patriot.expect_authentication()
        daemon.wait_for_line(READY, seconds=30)
        if self.modem.call is not None:
            self.seen["calls that the next line found up"] += 1
            self.patriot.wait_for_status(active=True, outbound=True, caller_id=self._number)
        return daemon

    def _dial(self) -> None:
        self._dialled += 1
        self._number = f"555{self._dialled:05}"
        position = len(self.modem.commands)
        self.patriot.dial(self._number)
        if self._chance(0.5):
            self.modem.wait_for_command("ATD", start=position)
            self.modem.set_call(self._random.choice([PtyModem.ALERTING, PtyModem.ACTIVE]), self._number)
        if self._chance(0.3):
            time.sleep(self._random.uniform(0, 0.03))
            self.patriot.hang_up()

    def _look(self) -> None:
        """What the modem was sent before the kill it may read only now."""
        time.sleep(0.01)
        if self._number in self.dialled_numbers and not CallRecords.read(self._state).events(self._number):
            self.seen["calls whose start was not yet on the disk"] += 1
        if self.modem.call is not None and self._chance(0.4):
            self.seen["calls that ended while no line ran"] += 1
            self.modem.call = None

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def test_a_line_killed_at_any_moment_leaves_one_start_of_each_call_and_later_one_end(bench: Bench, state: Path) -> None:
    killings = Killings(bench, state, SEED)
    for _ in range(KILLS):
        killings.kill_one()
    killings.finish()
    found = CallRecords.read(state)
    assert not found.torn
    found.expect_in_order()
    assert not found.open
    for number in killings.dialled_numbers:
        assert len(found.events(number)) == 1, f"{number}: {found.events(number)}"
    shown = _calls(state, "--json")
    assert shown.returncode == 0 and not shown.stderr
    assert len(json.loads(shown.stdout)) == len(found.by_id)
    results = Counter(records[-1].get("result") for records in found.by_id.values())
    print(f"\n{KILLS} kills, seed {SEED}: {len(found.by_id)} calls; ends: {dict(results)}; {dict(killings.seen)}")


# The disk


@pytest.fixture
def small_disk(bench: Bench, state: Path) -> Iterator[Path]:
    """A file system of 64 KiB for the records."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", state], check=True)
    bench.closing.callback(lambda: subprocess.run(["umount", "--lazy", state], check=True))
    yield state


def _refuse(patriot: PatriotServer, count: int) -> None:
    """Dials that are not tried: a record each, without the modem."""
    for _ in range(count):
        patriot.dial("*21*5550199#")
        patriot.expect_status(active=False)


def test_a_full_disk_loses_nothing_that_is_written_and_delays_no_call(bench: Bench, small_disk: Path) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot, STATE_DIRECTORY=small_disk)
    _refuse(patriot, 3)
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    # What is left of the last page of the file: of the refused dials only the first of a minute are recorded.
    for _ in range(8):
        _call(patriot, modem, "5550149")
    position = daemon.wait_for_line(r"error.*call records in .* cannot be written: No space left on device: free space")
    before = CallRecords.read(small_disk)
    assert before.records and not before.torn
    _call(patriot, modem, "5550150")
    _refuse(patriot, 3)
    assert CallRecords.read(small_disk).records == before.records
    ballast.unlink()
    _call(patriot, modem, "5550151")
    daemon.wait_for_line(r"notice.*call records in .* are written again", start=position)
    until(lambda: len(CallRecords.read(small_disk).events("5550151")) == 1, "the call after that")
    assert daemon.terminate() == 0
    found = CallRecords.read(small_disk)
    assert not found.torn
    assert found.records[: len(before.records)] == before.records
    assert found.events("5550150") == found.events("5550151") == [["start", "answered", "local-hang-up"]]
    assert len(found.events("*21*5550199#")) == 6
    assert [record["time"] for record in found.records] == sorted(record["time"] for record in found.records)
    assert len([line for line in daemon.output.all() if "cannot be written" in line]) == 1


def test_a_directory_that_may_not_be_written_to_delays_no_call(bench: Bench, state: Path) -> None:
    subprocess.run(["mount", "--bind", state, state], check=True)
    bench.closing.callback(lambda: subprocess.run(["umount", "--lazy", state], check=True))
    subprocess.run(["mount", "-o", "remount,bind,ro", state], check=True)
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot, STATE_DIRECTORY=state)
    _call(patriot, modem, "5550150")
    daemon.wait_for_line(r"error.*call records in .* cannot be written: Read-only file system: mount it")
    subprocess.run(["mount", "-o", "remount,bind,rw", state], check=True)
    # Without a call: it is tried again by itself.
    daemon.wait_for_line(r"notice.*call records in .* are written again", seconds=20)
    assert CallRecords.read(state).events("5550150") == [["start", "answered", "local-hang-up"]]
    _call(patriot, modem, "5550151")
    assert daemon.terminate() == 0
    found = CallRecords.read(state)
    assert found.events("5550150") == found.events("5550151") == [["start", "answered", "local-hang-up"]]


def test_a_disk_that_hangs_delays_neither_a_call_nor_the_end(bench: Bench, state: Path) -> None:
    holding = Holding(bench.directory)
    bench.environment |= holding.environment
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot, STATE_DIRECTORY=state)
    _refuse(patriot, 1)
    until(lambda: len(CallRecords.read(state).records) == 1, "the first record")
    (journal,) = (daemon.configuration.parent / "run").glob("call-records-*.jsonl")
    until(lambda: journal.stat().st_size == 0, "the end of its fsync")
    holding.hold("fsync")
    _call(patriot, modem)
    _call(patriot, modem)
    daemon.wait_for_line(r"error.*call records in .* wait for a disk that does not answer", seconds=25)
    began = time.monotonic()
    assert daemon.terminate() == 0
    assert time.monotonic() - began < 5
    daemon.wait_for_line(r"error.*could not be written in time: 6")


STATE_OF_OTHERS = """
mount -t tmpfs none /var/lib
if [ "$1" != none ]; then mkdir -m "$1" /var/lib/patriot-dialler; fi
shift
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
"""


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("none", "No call is recorded on this machine: there is nothing in /var/lib/patriot-dialler.\n"),
        ("755", "No call is recorded on this machine: there is nothing in /var/lib/patriot-dialler.\n"),
        ("700", "/var/lib/patriot-dialler: Permission denied: use sudo\n"),
    ],
)
def test_who_has_no_records_is_told_where_they_would_be(mode: str, words: str) -> None:
    command: list[str | Path] = ["unshare", "--mount", "sh", "-ec", STATE_OF_OTHERS, "sh", mode, BINARY, "calls"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (outcome.returncode, outcome.stdout + outcome.stderr) == (1, words)
