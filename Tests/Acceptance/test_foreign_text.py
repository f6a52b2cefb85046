"""Text that a modem, Patriot, a control socket or a file sends, on its way to a terminal, a log and a program.

Each output is read as bytes: no control character but the line feed, no C1, direction or zero-width character, and no line
that begins with what only a forged one begins with.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import threading
import unicodedata
from pathlib import Path

import pytest

from bench import Bench
from harness import BINARY, ChildProcess
from played_line import PlayedLine, report
from screen import Screen
from serial_peers import PtyModem
from supervisor import Supervisor

# Escape sequences, C1 (CSI and OSC), direction overrides and isolates, line and paragraph separators, zero-width characters.
HOSTILE = (
    "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b2J", "\x9d0;x\x9c", "\u202ecod", "\u2066x\u2069", "a\u2028FORGED", "b\u2029FORGED",
    "c\u200bd\u200d\ufeff", "\x7f\x85FORGED", "\U000e0041\ufe0f\u034f",
)  # fmt: skip
TEXT = "".join(HOSTILE)
FORBIDDEN = {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"}


def hidden_characters(text: str, allowed: str = "\n") -> set[str]:
    """What a terminal would interpret or nobody would see."""
    ignorable = "\u034f\ufe0f\u3164"
    found = {c for c in text if unicodedata.category(c) in FORBIDDEN or c in ignorable}
    return {f"U+{ord(c):04X}" for c in found - set(allowed)}


def assert_harmless(output: bytes, what: str) -> str:
    text = output.decode()
    assert not hidden_characters(text), f"{what}: {hidden_characters(text)} in {text!r}"
    assert not re.search(r"^\W*FORGED", text, re.MULTILINE), f"{what}: a forged line in {text!r}"
    return text


class Outcome:
    def __init__(self, *words: str | Path, stdin: str = "") -> None:
        command = [str(word) for word in (BINARY, *words)]
        outcome = subprocess.run(command, input=stdin.encode(), capture_output=True, timeout=60, check=False)
        self.name = " ".join(str(word) for word in words)
        self.code = outcome.returncode
        self.error = assert_harmless(outcome.stderr, f"standard error of {self.name}")
        self.text = assert_harmless(outcome.stdout, self.name)


class HostileModem(PtyModem):
    """Names, networks and reports as no maker writes them."""

    SAYS = {
        "+COPS?": f'+COPS: 0,0,"Net{TEXT}"',
        "I": f"ACME{TEXT}",
        "+CGMI": f"ACME{TEXT}",
        "+CGMM": f"GSM{TEXT}",
        "+CGMR": f"1{TEXT}",
    }

    def _answer(self, body: str) -> list[str]:
        return [self.SAYS[body]] if body in self.SAYS else super()._answer(body)


@pytest.fixture
def modem(bench: Bench) -> HostileModem:
    modem = HostileModem(bench.modem_link)
    bench.keep_stream(modem)
    return modem


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_answer_at_the_port_itself_is_visible(modem: HostileModem, options: tuple[str, ...]) -> None:
    outcome = Outcome("at", "--device", modem.link, *options, "AT+COPS?")
    assert outcome.code == 0 and "FORGED" in outcome.text
    if options:
        # A program gets the text as it was; of a modem's line control characters are no part.
        said = re.sub("[\0-\x1f\x7f]", "", HostileModem.SAYS["+COPS?"])
        assert json.loads(outcome.text)["lines"] == [said]


def test_a_line_of_the_daemon_shows_nothing_raw(bench: Bench, modem: HostileModem, tmp_path: Path) -> None:
    supervisor = Supervisor(bench.directory / "notify", watchdog_seconds=60)
    bench.closing.callback(supervisor.close)
    bench.environment |= supervisor.environment
    patriot = bench.patriot(api_key="another key")
    patriot.refusal = TEXT * 200
    daemon = bench.daemon(patriot.port, LOG_LEVEL="trace")
    daemon.wait_for_line("refused the API key", seconds=30)
    daemon.wait_for_line("modem ready|modem: ready|readiness", seconds=30)
    socket = daemon.configuration.parent / "run/control"
    place = ("--socket", socket)

    watching = ChildProcess("console", [BINARY, "console", *place, "--explain", "--log", tmp_path / "console.log"])
    bench.keep(watching)
    watching.wait_for_line("modem on")
    for text in (f"+CUSD: 0,\"{TEXT}\",15", f"^X: {TEXT}", TEXT):
        modem.say(text)
    plain, explained = Outcome("at", *place, "AT+COPS?"), Outcome("at", *place, "--json", "AT+COPS?")
    assert "FORGED" in plain.text and "FORGED" in explained.text, plain.error
    watching.wait_for_line(r"→ AT\+COPS\?")
    watching.wait_for_line(r"← OK")
    modem.say(f'+CLIP: "{TEXT}",129')
    watching.wait_for_line(r"← \+CLIP")
    watching.terminate()
    assert_harmless(watching.transcript().encode(), "console --explain")
    assert_harmless((tmp_path / "console.log").read_bytes(), "console --log")

    for words in (["status"], ["status", "--json"], ["status", "--prometheus"]):
        assert Outcome(*words, *place).text
    for words in (["doctor"], ["doctor", "--json"]):
        assert Outcome(*words, "--config", daemon.configuration).text
    bundle = tmp_path / "bundle.txt"
    Outcome("support-bundle", "--config", daemon.configuration, "--output", bundle)
    assert_harmless(bundle.read_bytes(), "support-bundle")
    daemon.terminate()
    assert_harmless(daemon.transcript().encode(), "the log")
    for record in (daemon.configuration.parent / "state").glob("calls-*.jsonl"):
        assert_harmless(record.read_bytes(), record.name)
    said = supervisor.said.all()
    assert "READY=1" in said and any("refuses the API key" in text for text in said)
    for datagram in said:
        assert len(datagram.encode()) <= 1000
        assert_harmless(datagram.encode(), "sd_notify")


def hostile_report() -> dict[str, object]:
    state = report(f"Ready: {TEXT}\nFORGED")
    modem = state["modem"]
    assert isinstance(modem, dict)
    words = ("port", "profile", "readiness", "problem", "remedy", "sim", "registration", "operatorName")
    modem |= {word: f"{word}{TEXT}\nFORGED" for word in words}
    last = {"direction": f"outbound{TEXT}", "number": f"1{TEXT}\nFORGED", "result": TEXT, "reason": f"r{TEXT}\nFORGED"}
    state |= {
        "line": f"line1{TEXT}",
        "call": {"direction": TEXT, "number": f"2{TEXT}\nFORGED", "state": TEXT, "seconds": 1},
        "lastCalls": [last | {"seconds": 1, "endedSecondsAgo": 2}],
        "lastCall": last | {"seconds": 1, "endedSecondsAgo": 2},
        "complaints": [f"c{TEXT}\nFORGED"],
        "lease": f"l{TEXT}\nFORGED",
        "redialLock": {"number": f"3{TEXT}\nFORGED", "secondsLeft": 5},
    }
    patriot, counters = state["patriot"], state["counters"]
    assert isinstance(patriot, dict) and isinstance(counters, dict)
    patriot |= {"link": f"p{TEXT}\nFORGED", "state": f"s{TEXT}\nFORGED"}
    counters |= {"results": {f"k{TEXT}\nFORGED": 2}, "recoveries": {f"r{TEXT}\nFORGED": 1}}
    return state


class HostileLine(PlayedLine):
    def _report(self) -> dict[str, object]:
        return hostile_report()


@pytest.mark.parametrize("options", [(), ("--json",), ("--prometheus",)])
def test_a_status_from_the_socket_is_visible(tmp_path: Path, options: tuple[str, ...]) -> None:
    HostileLine(tmp_path / "control", lambda: "")
    outcome = Outcome("status", "--socket", tmp_path / "control", *options)
    assert outcome.code == 0 and "FORGED" in outcome.text
    if "--json" in options:
        assert json.loads(outcome.text)["sentence"] == hostile_report()["sentence"]


HELLO = b'{"hello":{"version":1,"line":"line1","processID":1}}\n'
EVENT = b'{"event":{"kind":"note","time":1,"text":"x"}}\n'


@pytest.mark.parametrize(
    ("first", "endless", "words"),
    [
        (b"", b"\0" * 65536, "a line of more than"),
        (HELLO, b"a" * 65536, "a line of more than"),
        (HELLO + b'{"reply":{"id":1,"error":"', b"a" * 65536, "a line of more than"),
        (HELLO, EVENT * 1000, "did not answer in time"),
        (EVENT, EVENT, "did not say who it is"),
        (b"[" * 100_000 + b"\n", b"", "does not know"),
        (b'{"hello":{"version":"1","line":1,"processID":"x"}}\n', b"", "does not know"),
    ],
    ids=["zeros", "no end", "a reply without end", "events without end", "no greeting", "deep", "wrong types"],
)
def test_a_socket_that_sends_without_end_keeps_nobody(
    request: pytest.FixtureRequest, tmp_path: Path, first: bytes, endless: bytes, words: str
) -> None:
    """A line that is taken over serves what it likes where root asks."""
    server = socket.socket(socket.AF_UNIX)
    request.addfinalizer(server.close)
    server.bind(str(tmp_path / "control"))
    server.listen()

    def serve() -> None:
        client, _ = server.accept()
        with client, contextlib.suppress(OSError):
            client.sendall(first)
            while endless:
                client.sendall(endless)

    threading.Thread(target=serve, daemon=True).start()
    outcome = Outcome("status", "--socket", tmp_path / "control")
    assert outcome.code != 0 and words in outcome.error


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_watched_status_is_visible(bench: Bench, tmp_path: Path, options: tuple[str, ...]) -> None:
    HostileLine(tmp_path / "control", lambda: "")
    watching = ChildProcess("watch", [BINARY, "status", "--watch", "--socket", tmp_path / "control", *options])
    bench.keep(watching)
    watching.wait_for_line("Ready")
    watching.terminate()
    assert_harmless(watching.transcript().encode(), "status --watch")


def test_a_wrapped_status_begins_no_line_with_a_peers_text(tmp_path: Path) -> None:
    before = ""

    class ShiftedLine(PlayedLine):
        def _report(self) -> dict[str, object]:
            state = hostile_report()
            patriot = state["patriot"]
            assert isinstance(patriot, dict)
            return state | {"patriot": patriot | {"link": before + TEXT, "detail": before + TEXT}}

    ShiftedLine(tmp_path / "control", lambda: "")
    for count in range(66):
        before = "x" * count
        assert "FORGED" in Outcome("status", "--socket", tmp_path / "control").text


@pytest.mark.parametrize("columns", [61, 80, 97, 200])
def test_a_watched_screen_is_visible(tmp_path: Path, columns: int) -> None:
    HostileLine(tmp_path / "control", lambda: "")
    screen = Screen([BINARY, "status", "--watch", "--socket", tmp_path / "control"], columns, 50)
    try:
        text = screen.wait_until(re.compile(r"Ready").search, "the sentence")
        screen.send_signal(signal.SIGTERM)
    finally:
        screen.close()
    assert not hidden_characters(text) and not re.search(r"^\W*FORGED", text, re.MULTILINE), text


@pytest.mark.parametrize("options", [(), ("--json",), ("--csv",), ("--reasons",), ("--summary",)])
def test_a_record_is_visible(tmp_path: Path, options: tuple[str, ...]) -> None:
    texts = {"line": f"l{TEXT}", "number": f"5{TEXT}\nFORGED", "dialled": f"d{TEXT}", "reason": f"r{TEXT}\nFORGED"}
    record = {
        "id": f"a{TEXT}", "event": "refused", "time": "2026-11-03T12:00:00.000Z", "direction": "outbound",
        "requestedBy": "patriot", "result": f"x{TEXT}\nFORGED", **texts,
    }  # fmt: skip
    (tmp_path / "calls-2026-11.jsonl").write_text(json.dumps(record) + "\n" + json.dumps(record | {"line": "b"}) + "\n")
    outcome = Outcome("calls", "--directory", tmp_path, *options)
    assert outcome.code == 0 and outcome.text


@pytest.mark.parametrize(
    "number",
    ["=1+1", " =1+1", "\u00a0=1", "\u3000@SUM(1)", "=\u0338 1", "=\u03011", "＝1+1", "＋1+1", "－1", "＠SUM(1)", "﹦1", "-1+1",
     "@x", "+1+cmd|'/c calc'!A0", "\t=1", "\r=1", "\n=1"],
)  # fmt: skip
def test_no_cell_is_a_formula(tmp_path: Path, number: str) -> None:
    record = {
        "id": "a", "event": "start", "time": "2026-11-03T12:00:00.000Z", "line": "line1", "direction": "inbound",
        "number": number, "requestedBy": "patriot",
    }  # fmt: skip
    (tmp_path / "calls-2026-11.jsonl").write_text(json.dumps(record) + "\n")
    cell = Outcome("calls", "--directory", tmp_path, "--csv").text.split("\n")[1].split(",")[3].lstrip('"')
    assert cell[0] in "'\\", f"a spreadsheet computes {cell!r}"
