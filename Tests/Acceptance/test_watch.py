"""`status --watch` on real terminals of several sizes, and where there is none."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import Bench
from harness import BINARY, Daemon, SimulatedModem
from patriot_server import PatriotServer
from screen import Screen

NUMBER = "5550123456"
ENTER = "\x1b[?1049h"
LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
SIZES = [(80, 24), (200, 50)]


class Watched:
    """A ready line, and a terminal on which it is watched."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.patriot: PatriotServer = bench.patriot()
        self.modem: SimulatedModem = bench.simulated_modem("huawei")
        self.daemon: Daemon = bench.ready_daemon(self.patriot, MODEM_PROFILE="huawei")

    @property
    def runtime_directory(self) -> Path:
        return self.daemon.configuration.parent / "run"

    @property
    def command(self) -> list[str | Path]:
        return [BINARY, "status", "--watch", "--socket", self.runtime_directory / "control"]

    def screen(self, columns: int = 80, rows: int = 24, **environment: str) -> Screen:
        screen = Screen(self.command, columns, rows, **environment)
        self.bench.closing.callback(screen.close)
        self.bench.evidence.append(("screen", lambda: "\n".join(screen.display)))
        return screen

    def call(self) -> None:
        self.patriot.dial(NUMBER)
        self.modem.wait_for_alerting(0)
        self.modem.command("answer")

    def restart(self) -> None:
        self.modem.command("unplug")
        self.modem.command("replug")
        self.bench.ready_daemon(self.patriot, MODEM_PROFILE="huawei", RUNTIME_DIRECTORY=self.runtime_directory)


@pytest.fixture
def line(bench: Bench) -> Iterator[Watched]:
    yield Watched(bench)


def fits(screen: Screen, columns: int, rows: int) -> bool:
    """Nothing ran into the last column, which stays free, and the first and the last row are where they belong."""
    display = screen.display
    assert len(display) == rows
    assert all(len(row) < columns for row in display), display
    assert re.search(r"^ patriot-dialler line +\d\d:\d\d:\d\d$", display[0]), display[0]
    return display[-1] == " q quits, h help"


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_call_is_seen_to_come_run_and_go(line: Watched, columns: int, rows: int) -> None:
    screen = line.screen(columns, rows)
    screen.wait_for_row(r"^ Ready: modem ready, Patriot connected, line free\.$")
    screen.wait_for_row(r"^ Patriot    connected, for \d+ s, heard \d+ s ago$")
    screen.wait_for_row(rf"^ Modem      ready \(huawei at {line.bench.modem_link}|/dev/pts/\d+\)$")
    screen.wait_for_row(r"^ SIM        ready$")
    screen.wait_for_row(r"^ Network    Simulation, registered at home$")
    screen.wait_for_row(r"^ Signal     ▆+  -73 dBm, 20 of 31$")
    screen.wait_for_row(r"^ Call       none$")
    screen.wait_for_row(r"^ Health     no problems$")
    assert fits(screen, columns, rows)
    line.call()
    screen.wait_for_row(r"^ Call       outbound …456, active, \d+:\d\d$")
    # It runs without anything being told.
    seen = {screen.wait_for_row(r"active, \d:\d\d$")}
    while len(seen) < 3:
        last = max(seen)
        screen.wait_until(lambda text: last not in text and "active" in text, "the timer go on")
        seen.add(screen.wait_for_row(r"active, \d:\d\d$"))
    assert fits(screen, columns, rows)
    line.modem.command("hangup")
    screen.wait_for_row(r"^ Call       none$")
    screen.wait_for_row(r"^ Last calls$")
    row = screen.wait_for_row(r"ago +out +…456 +\d:\d\d +answered: \w")
    assert not row.endswith("…")
    assert fits(screen, columns, rows)
    assert NUMBER not in screen.text
    # Written over, never cleared: that would flicker.
    assert screen.text.count("\x1b[2J") == 1
    screen.type("q")
    assert screen.exit_code() == 0


def test_it_says_what_is_wrong(line: Watched) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    line.modem.command("unplug")
    # The sentence names the device; where it breaks depends on how long that name is.
    screen.wait_for_row(r"^ Not ready: no modem found for MODEM_DEVICE=")
    # The sentence stands there once.
    screen.wait_for_row(r"^ Modem      modem not found \(huawei\)$")
    assert " ".join(" ".join(screen.display).split()).count("no modem found") == 1
    screen.wait_until(lambda text: "correct MODEM_DEVICE; Patriot" in " ".join(text.split()), "the remedy in the first sentence")
    line.patriot.kill()
    screen.wait_for_row(r"^ Patriot    no Patriot, for \d+ s")
    assert not any("Health" in row for row in screen.display)
    assert fits(screen, 80, 24)


def test_refused_and_unanswered_calls_are_told_apart(line: Watched) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    line.patriot.dial("*21*5550199#")
    screen.wait_for_row(r"ago +out +…\S* +refused: \w")
    line.patriot.dial(NUMBER)
    line.modem.wait_for_alerting(0)
    line.modem.command("busy")
    screen.wait_for_row(r"ago +out +…456 +\d:\d\d +unanswered: the number is busy$")
    # The whole reason is there, over as many rows as it needs.
    assert "set DIAL_ALLOW_MMI=yes to allow it" in " ".join(" ".join(screen.display).split())
    assert fits(screen, 80, 24)


def test_the_keys_ask_before_they_act(line: Watched) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    screen.type("?")
    screen.wait_for_row(r"^ H +hang up the call")
    screen.type("x")
    screen.wait_for_row(r"^ Call       none$")
    screen.type("a")
    screen.wait_for_row(r"^ no call is coming in$")
    line.patriot.dial(NUMBER)
    line.modem.wait_for_alerting(0)
    screen.wait_for_row(r"^ Call       outbound …456, alerting")
    screen.type("H")
    screen.wait_for_row(r"^ Hang up\? y/n$")
    screen.type("n")
    screen.wait_for_row(r"^ q quits, h help$")
    screen.wait_for_row(r"^ Call       outbound …456, alerting")
    screen.type("Hy")
    screen.wait_for_row(r"^ Call       none$")
    line.modem.command("ring 5550102")
    screen.wait_for_row(r"^ Call       inbound …102, incoming")
    screen.type("a")
    screen.wait_for_row(r"^ Answer the incoming call\? y/n$")
    screen.type("y")
    screen.wait_for_row(r"^ Call       inbound …102, active")
    screen.type("\x03")
    assert screen.exit_code() == 0


def test_the_bell_rings_at_what_a_person_has_to_see(line: Watched) -> None:
    screen = Screen([*line.command, "--bell"], 80, 24)
    line.bench.closing.callback(screen.close)
    screen.wait_for_row("^ Ready:")
    assert "\x07" not in screen.text
    line.modem.command("ring 5550102")
    screen.wait_until(lambda _: screen.text.count("\x07") == 1, "the bell of the call")
    line.modem.command("unplug")
    screen.wait_until(lambda _: screen.text.count("\x07") == 2, "the bell of the lost modem")
    screen.type("q")
    assert screen.exit_code() == 0


def test_a_refused_connection_names_the_address_in_one_short_line(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.simulated_modem("huawei")
    daemon = bench.daemon(patriot.port, MODEM_PROFILE="huawei")
    patriot.expect_authentication()
    daemon.wait_for_line("modem: ready", seconds=30)
    patriot.kill()
    reason = f"127.0.0.1:{patriot.port}: connection refused; normal while no operator has Patriot open"
    daemon.wait_for_line(re.escape(reason))
    socket = daemon.configuration.parent / "run/control"
    command = [BINARY, "status", "--socket", socket]
    first = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.split("\n")[0]
    assert first == f"line: Not ready: {reason}."
    assert len(first) < 100


def test_a_pin_that_does_not_fit_has_its_details_below(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.simulated_modem("huawei")
    pin = "sha256/" + "A" * 43 + "="
    daemon = bench.daemon(patriot.port, MODEM_PROFILE="huawei", PATRIOT_PINS=pin)
    daemon.wait_for_line("modem: ready", seconds=30)
    daemon.wait_for_line("Patriot is unreachable")
    command = [BINARY, "status", "--socket", daemon.configuration.parent / "run/control"]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.split("\n")
    assert lines[0] == f"line: Not ready: 127.0.0.1:{patriot.port}: certificate not trusted: its pin is not the one set."
    assert len(lines[0]) < 100
    assert pin in "".join(lines[1:]) and bench.identity.pin in "".join(lines[1:])
    assert all(len(line) <= 80 for line in lines[1:])


def test_it_follows_the_window(line: Watched) -> None:
    screen = line.screen()
    screen.wait_until(lambda _: fits(screen, 80, 24) if screen.display[0] else False, "the first picture")
    for columns, rows in [(120, 30), (50, 20), (200, 50), (80, 24)]:
        screen.resize(columns, rows)
        screen.wait_until(lambda _: len(screen.display[0]) == columns - 1, f"a title of {columns} columns")
        assert fits(screen, columns, rows)
    # What counts stays where there is room for little, or for next to nothing.
    screen.resize(30, 6)
    screen.wait_until(lambda _: len(screen.display[0]) == 29, "a title of 30 columns")
    assert screen.display[1] == " Ready: modem ready, Patriot"
    screen.resize(8, 2)
    screen.wait_until(lambda _: screen.display == [" patri…", " Ready:"], "two rows of eight columns")
    screen.type("q")
    assert screen.exit_code() == 0


def test_a_line_that_restarts_is_waited_for(line: Watched) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    line.daemon.terminate()
    screen.wait_for_row("^ Waiting for the line:")
    screen.wait_for_row(r"^ Last seen \d+ s ago:")
    assert fits(screen, 80, 24)
    line.restart()
    screen.wait_for_row("^ Ready:")
    screen.wait_for_row(r"^ Health     no problems$")


@pytest.mark.parametrize("key", ["q", "Q", "\x03"])
def test_the_terminal_is_left_as_it_was(line: Watched, key: str) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    assert not screen.is_as_before
    screen.type(key)
    assert screen.exit_code() == 0
    assert screen.is_as_before
    assert screen.text.startswith(ENTER) and screen.text.endswith(LEAVE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_terminal_as_it_was(line: Watched, number: signal.Signals) -> None:
    screen = line.screen()
    screen.wait_for_row("^ Ready:")
    screen.send_signal(number)
    assert screen.exit_code() == (0 if number == signal.SIGINT else -number)
    assert screen.is_as_before
    assert screen.text.endswith(LEAVE)


def test_colour_is_for_who_wants_it(line: Watched) -> None:
    coloured, plain = line.screen(), line.screen(NO_COLOR="1")
    for screen in (coloured, plain):
        screen.wait_for_row("^ Ready:")
        screen.type("q")
        assert screen.exit_code() == 0
    assert "\x1b[1;32m Ready:" in coloured.text
    assert not re.search(r"\x1b\[[\d;]*m", plain.text)


def test_a_terminal_without_utf8_is_spared_it(line: Watched) -> None:
    screen = line.screen(LANG="C")
    screen.wait_for_row(r"^ Signal     \++  -73 dBm")
    assert screen.text.isascii()


def test_a_terminal_without_screens_gets_lines(line: Watched) -> None:
    screen = line.screen(TERM="dumb")
    screen.wait_for_row(r"^\d\d:\d\d:\d\d  line: Ready: modem ready, Patriot connected, line free\.$")
    assert "\x1b" not in screen.text
    screen.type("\x03")
    assert screen.exit_code() == -signal.SIGINT


def test_what_is_no_terminal_gets_lines(line: Watched) -> None:
    process = subprocess.Popen([str(word) for word in line.command], stdout=subprocess.PIPE, text=True)
    line.bench.closing.callback(process.kill)
    assert process.stdout is not None
    assert process.stdout.readline()[8:] == "  line: Ready: modem ready, Patriot connected, line free.\n"
    line.call()
    said = ""
    while "active" not in said:
        said = process.stdout.readline()
    assert said[8:] == "  line: Outgoing call up: modem ready; Patriot connected. Call: outbound …456, active.\n"
    line.daemon.kill()
    while "waiting" not in said:
        said = process.stdout.readline()
    # Nobody reads any more.
    process.stdout.close()
    assert process.wait(20) == 0


def test_a_line_that_was_never_there_is_not_waited_for(bench: Bench) -> None:
    command: list[str | Path] = [BINARY, "status", "--watch", "--socket", bench.directory / "none"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert outcome.returncode == 67
    assert "no line is running at" in outcome.stderr
