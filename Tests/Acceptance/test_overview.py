"""`status` of a station with several lines: one look, the screen, JSON and metrics."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench import Bench
from played_line import PlayedLine
from station import Station

NUMBER = "5550123456"


@pytest.fixture
def station(bench: Bench) -> Station:
    return Station(bench)


@pytest.fixture
def mixed(station: Station) -> Station:
    """One line of each kind; line10 is in a call."""
    station.start("line2", has_patriot=False)
    station.start("line3", has_modem=False)
    station.start("line10")
    station.start("line9")
    station.start("line4")
    station.configure("line5", 9009)
    station.patriots["line10"].dial(NUMBER)
    station.modems["line10"].wait_for_alerting(0)
    station.hang("line4")
    return station


def rows(text: str) -> list[str]:
    """The table's, without its heading."""
    lines = text.split("\n")
    start = next(index for index, line in enumerate(lines) if line.startswith("LINE "))
    return lines[start + 1 : lines.index("", start)]


def test_the_worst_line_comes_first_and_none_holds_up_the_others(mixed: Station) -> None:
    started = time.monotonic()
    outcome = mixed.command("status")
    assert time.monotonic() - started < 10
    assert outcome.returncode == 1, outcome
    assert outcome.stdout.startswith("6 lines: 4 not ready, 2 ready, 1 in a call\n")
    table = rows(outcome.stdout)
    assert [re.split(r"  +", row)[:2] for row in table] == [
        ["line4", "does not answer"], ["line5", "not running"], ["line3", "modem not found"],
        ["line2", "no Patriot"], ["line9", "ready"], ["line10", "ready"],
    ]  # fmt: skip
    assert re.search(r"Simulation -73 dBm", table[3])
    assert re.search(r"out …456 alerting 0:\d\d +\d+ s$", table[5])
    details = outcome.stdout.split("\n\n")[-1]
    assert re.search(r"^line3: Not ready: no modem found for MODEM_DEVICE=\S+: plug it in", details, re.MULTILINE)
    assert "line5: Not running: start it with sudo systemctl start patriot-dialler@line5\n" in details
    assert "line9:" not in details and NUMBER not in outcome.stdout


def test_exit_code_0_when_all_are_ready_or_in_a_call(station: Station) -> None:
    station.start("line1")
    station.start("line2")
    station.patriots["line2"].dial(NUMBER)
    station.modems["line2"].wait_for_alerting(0)
    outcome = station.command("status")
    assert outcome.returncode == 0, outcome
    assert outcome.stdout.startswith("2 lines: all ready, 1 in a call\n")
    assert len(outcome.stdout.rstrip().split("\n")) == 5
    # After it, the call is the last one.
    station.modems["line2"].command("busy")
    station.patriots["line2"].wait_for_status(active=False)
    assert re.search(r"^line2 .*out …456 busy \d+ s ago", station.command("status").stdout, re.MULTILINE)


def test_one_line_of_several_is_shown_as_before(mixed: Station) -> None:
    outcome = mixed.command("status", "--line", "line9")
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("line9: Ready: modem ready, Patriot connected, line free.\n")
    assert json.loads(mixed.command("status", "--line", "line9", "--json").stdout)["line"] == "line9"


def test_json_has_all_lines(mixed: Station) -> None:
    outcome = mixed.command("status", "--json")
    assert outcome.returncode == 1
    lines = json.loads(outcome.stdout)
    assert [line["line"] for line in lines] == ["line4", "line5", "line3", "line2", "line9", "line10"]
    assert [line["isReady"] for line in lines] == [False, False, False, False, True, True]
    assert [line.get("answer") for line in lines] == ["no-answer", "not-running", None, None, None, None]
    assert all(line["sentence"] for line in lines)
    assert lines[5]["call"]["number"] == "…456" and lines[4]["isReadySeconds"] >= 0


def test_metrics_have_a_label_for_the_line(mixed: Station) -> None:
    text = mixed.command("status", "--prometheus").stdout
    families = {family.name: family for family in text_string_to_metric_families(text)}
    # Each family once, as the format wants it.
    assert text.count("# TYPE patriot_dialler_ready gauge") == 1
    ready = {sample.labels["line"]: sample.value for sample in families["patriot_dialler_ready"].samples}
    assert ready == {"line2": 0, "line3": 0, "line4": 0, "line5": 0, "line9": 1, "line10": 1}
    answering = {sample.labels["line"]: sample.value for sample in families["patriot_dialler_answering"].samples}
    assert answering == ready | {"line2": 1, "line3": 1}
    assert {sample.labels["line"] for sample in families["patriot_dialler_signal"].samples} >= {"line9", "line10"}


def test_the_screen_follows_all_lines(mixed: Station) -> None:
    screen = mixed.screen("status", "--watch")
    screen.wait_for_row(r"^6 lines: 4 not ready, 2 ready, 1 in a call +\d\d:\d\d:\d\d$")
    screen.wait_for_row(r"^line4 +does not answer")
    screen.wait_for_row(r"^line10 +ready .* out …456 alerting \d:\d\d")
    assert all(len(row) < 80 for row in screen.display)
    mixed.lines["line4"].signal(signal.SIGCONT)
    screen.wait_for_row(r"^line4 +ready")
    mixed.lines["line9"].terminate()
    screen.wait_for_row(r"^line9 +not running")
    # A line that is set up meanwhile comes too.
    mixed.start("line11")
    screen.wait_for_row(r"^7 lines: ")
    screen.wait_for_row(r"^line11 +ready")
    screen.type("q")
    assert screen.exit_code() == 0 and screen.is_as_before


def test_without_a_terminal_each_change_is_a_line(station: Station) -> None:
    station.start("line1")
    station.start("line2")
    command = [str(word) for word in station.words("status", "--watch", "--json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    station.bench.closing.callback(process.kill)
    assert process.stdout is not None
    first = [json.loads(process.stdout.readline()) for _ in range(2)]
    assert sorted(line["line"] for line in first) == ["line1", "line2"]
    station.lines["line2"].terminate()
    for text in process.stdout:
        line = json.loads(text)
        if line.get("answer") == "not-running":
            assert line["line"] == "line2"
            break
    process.stdout.close()
    assert process.wait(20) == 0


def test_sixty_lines_are_one_screen_that_scrolls(station: Station) -> None:
    for number in range(1, 61):
        name = f"line{number}"
        sentence = "Not ready: no modem found for MODEM_DEVICE=auto: plug it in; Patriot connected." if number % 20 == 0 else "Ready"
        PlayedLine(station.runs / name / "control", lambda sentence=sentence: sentence, name)
    outcome = station.command("status")
    assert outcome.returncode == 1
    assert outcome.stdout.startswith("60 lines: 3 not ready, 57 ready\n")
    table = rows(outcome.stdout)
    assert [row.split()[0] for row in table[:5]] == ["line20", "line40", "line60", "line1", "line2"]
    assert len(table) == 60 and all(len(row) <= 80 for row in table)
    screen = station.screen("status", "--watch")
    screen.wait_for_row(r"^line20 +modem not found")
    screen.wait_for_row(r"^q quits; arrow keys scroll, \d+ more rows below$")
    screen.type("\x1b[6~" * 5)
    screen.wait_for_row(r"^line60: Not ready: no modem found")
    screen.type("\x1b[5~" * 5)
    screen.wait_for_row(r"^line20 +modem not found")
    screen.type("\x03")
    assert screen.exit_code() == 0


def test_lines_that_this_user_may_not_ask_are_told_apart(station: Station) -> None:
    station.start("line1")
    station.start("line2")
    places = station.words("status")
    place = places.index("sh", 4) + 2
    # Of two lines one is closed to the others.
    (station.runs / "line2/control").chmod(0o600)
    for directory in (station.bench.directory, station.root, *station.root.rglob("*")):
        if directory.is_dir():
            directory.chmod(0o755)
    (station.runs / "line1/control").chmod(0o666)
    user: list[str | Path] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    command = places[:place] + user + places[place:]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert outcome.returncode == 1, outcome
    assert rows(outcome.stdout)[0].split("  ")[:3:2] == ["line2", "permission denied"] or "permission denied" in outcome.stdout
    assert re.search(r"^line1 +ready", outcome.stdout, re.MULTILINE)
    assert "line2: Permission denied: use sudo" in outcome.stdout
