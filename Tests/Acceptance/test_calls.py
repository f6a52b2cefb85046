"""`calls` as a supervisor uses it: periods, directions, a spreadsheet, a summary, and calls as they end."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from harness import BINARY

# Ten hours ahead of UTC, without summer time.
ZONE = "XST-10"


def record(identity: str, event: str, moment: str, **members: object) -> str:
    base = {
        "id": identity, "event": event, "time": moment, "line": "line1", "direction": "outbound", "number": "5550101",
        "requestedBy": "patriot",
    }  # fmt: skip
    return json.dumps(base | members) + "\n"


def call(identity: str, start: str, end: str, result: str, talked: float | None = None, **members: object) -> str:
    text = record(identity, "start", start, **members)
    ending: dict[str, object] = {"result": result, "reason": "a reason", "seconds": 60.0}
    if talked is not None:
        text += record(identity, "answered", start, **members)
        ending["answeredSeconds"] = talked
    return text + record(identity, "end", end, **(members | ending))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Five calls: at 9, 9, 10 and 23 o'clock of 23 November, and at midnight after it, by the local clock."""
    (tmp_path / "calls-2026-11.jsonl").write_text(
        call("a", "2026-11-22T23:00:00.000Z", "2026-11-22T23:01:00.000Z", "remote-hang-up", 30.0, number="0491570156")
        + call("b", "2026-11-22T23:30:00.000Z", "2026-11-22T23:31:00.000Z", "busy", number="+61491570156", dialled="0061491570156")
        + call("c", "2026-11-23T00:00:00.000Z", "2026-11-23T00:01:00.000Z", "missed", direction="inbound", line="line2")
        + call("d", "2026-11-23T13:59:00.000Z", "2026-11-23T14:00:00.000Z", "local-hang-up", 50.0)
        + record("e", "refused", "2026-11-23T14:00:00.000Z", result="refused", reason="no network")
    )
    return tmp_path


def calls(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(BINARY), "calls", "--directory", str(state), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"TZ": ZONE})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--until", "2026-11-23"], "abcd"), (["--until", "2026-11-23T10:00"], "ab"), (["--since", "2026-11-24"], "e"),
        (["--since", "2026-11-23T09:30", "--until", "2026-11-23T23:59"], "bc"), (["-n", "2"], "de"), (["--last", "9"], "abcde"),
        (["--direction", "in"], "c"), (["--direction", "out", "-n", "1"], "e"), (["--result", "busy"], "b"), (["--today"], ""),
        (["--result", "network-99"], ""), (["--result", "answered", "--until", "2026-11-23T12:00"], "a"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_shown(state: Path, words: list[str], expected: str) -> None:
    outcome = calls(state, "--json", *words)
    assert outcome.returncode == (0 if expected else 1), outcome
    assert "".join(entry["id"] for entry in json.loads(outcome.stdout)) == expected


def test_today_begins_at_midnight(state: Path) -> None:
    now = time.time()
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now))
    day_before = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now - 86_400))
    file = state / time.strftime("calls-%Y-%m.jsonl", time.gmtime(now + 36_000))
    with file.open("a") as records:
        records.write(call("old", day_before, day_before, "busy") + call("new", moment, moment, "busy"))
    assert [entry["id"] for entry in json.loads(calls(state, "--json", "--today").stdout)] == ["new"]


@pytest.mark.parametrize("word", ["buzy", "BUSY", "bus", "network-x", ""])
def test_an_unknown_result_is_an_error_with_the_list(state: Path, word: str) -> None:
    outcome = calls(state, "--result", word)
    assert outcome.returncode == 2 and outcome.stdout == ""
    for result in ("answered", "busy", "no-answer", "refused", "open", "unknown-end", "network-N"):
        assert result in outcome.stderr


@pytest.mark.parametrize(
    "words", [["--today", "--since", "2h"], ["-n", "0"], ["--direction", "up"], ["--until", "x"], ["--follow", "--summary"]]
)
def test_a_wrong_command_line_is_refused(state: Path, words: list[str]) -> None:
    assert calls(state, *words).returncode == 2


def test_a_spreadsheet_gets_local_times_and_numbers_as_text(state: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(calls(state, "--csv").stdout)))
    assert [row["number"] for row in rows[:2]] == ["'0491570156", "'+61491570156"]
    assert rows[1]["dialled"] == "'0061491570156"
    assert rows[0]["start"] == "2026-11-23 09:00:00" and rows[0]["end"] == "2026-11-23 09:01:00"
    assert rows[4]["start"] == "" and rows[4]["end"] == "2026-11-24 00:00:00"
    assert rows[0]["answeredSeconds"] == "30.0"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]


def test_the_summary_is_a_table_by_day_hour_and_line(state: Path) -> None:
    text = calls(state, "--summary").stdout
    rows = {line.split()[0]: line.split()[1:] for line in text.split("\n") if line.startswith("  ") and line.split()}
    assert "calls  answered  share  not answered  busy  failed  avg talk" in " ".join(text.split()).replace(" ", "  ").replace(
        "not  answered", "not answered"
    ).replace("avg  talk", "avg talk")
    assert rows["all"] == ["5", "2", "40", "%", "1", "1", "1", "0:40"]
    assert rows["2026-11-23"] == ["4", "2", "50", "%", "1", "1", "0", "0:40"]
    assert rows["2026-11-24"] == ["1", "0", "0", "%", "0", "0", "1", "-"]
    assert rows["09"] == ["2", "1", "50", "%", "0", "1", "0", "0:30"]
    assert rows["11"] == ["0", "0", "-", "0", "0", "0", "-"]
    assert rows["line2"] == ["1", "0", "0", "%", "1", "0", "0", "-"]
    assert all(len(line) <= 80 for line in text.split("\n"))


@pytest.mark.parametrize("form", ["--json", "--csv", "--reasons"])
def test_follow_shows_each_call_when_it_ends(state: Path, form: str) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    file = state / time.strftime("calls-%Y-%m.jsonl", time.gmtime(time.time() + 36_000))
    with file.open("a") as records:
        records.write(record("f", "start", now, number="5550102"))
    command = [str(BINARY), "calls", "--directory", str(state), "--follow", "-n", "1", form]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TZ": ZONE})
    assert process.stdout is not None
    try:
        # The one that is up is shown, and again when it has ended.
        heading = 0 if form == "--json" else 1
        first = [process.stdout.readline() for _ in range(heading + 1)][-1]
        assert "5550102" in first and "open" in first
        with file.open("a") as records:
            records.write(record("f", "end", now, number="5550102", result="no-answer", reason="nobody answered", seconds=9.0))
            records.write(call("g", now, now, "busy", number="5550103"))
        assert "no-answer" in (said := process.stdout.readline()) and "5550102" in said
        if form == "--reasons":
            assert process.stdout.readline() == "    nobody answered\n"
        assert "busy" in (said := process.stdout.readline()) and "5550103" in said
        # Nobody reads any more.
        process.stdout.close()
        assert process.wait(20) == 0
    finally:
        process.kill()
