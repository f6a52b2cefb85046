"""The console, as a person sees it on a terminal; `at` on a port of its own; recordings that are played again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from bench import Bench
from console_screen import ConsoleScreen
from harness import BINARY, ChildProcess, Daemon, SimulatedModem
from patriot_server import PatriotServer

SIZES = [(80, 24), (200, 50)]
# Control keys.
UP, KILL_LINE, INTERRUPT, END_OF_FILE, TAB = "\x1b[A", "\x15", "\x03", "\x04", "\t"
# Every row but the one that is typed on.
ROW = re.compile(r"(\d\d:\d\d:\d\d\.\d{6}| *\+\d+\.\d{6}) [→←·!] \S.*| {15,20}\S.*|AT\S+( +AT\S+)*")


class Console:
    """A ready line with its peers, and anyone who sits at a console."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.patriot: PatriotServer = bench.patriot()
        self.modem: SimulatedModem = bench.simulated_modem("huawei")
        self.daemon: Daemon = bench.ready_daemon(self.patriot, MODEM_PROFILE="huawei")
        self.socket = self.daemon.configuration.parent / "run/control"

    def open(self, *options: str | Path, size: tuple[int, int] = (80, 24)) -> ConsoleScreen:
        screen = sit_down(self._bench, "--socket", self.socket, *options, size=size)
        screen.find_row("modem on /dev/pts/.*: ready")
        return screen

    def status(self) -> dict[str, object]:
        command = [BINARY, "status", "--json", "--socket", self.socket]
        return json.loads(subprocess.run(command, capture_output=True, timeout=60, check=False).stdout)  # type: ignore[no-any-return]

    def restart(self) -> None:
        self.daemon.terminate()
        settings: dict[str, str | Path | None] = {"MODEM_PROFILE": "huawei", "RUNTIME_DIRECTORY": self.socket.parent}
        self.daemon = self._bench.ready_daemon(self.patriot, **settings)


@pytest.fixture
def console(bench: Bench) -> Console:
    return Console(bench)


def sit_down(
    bench: Bench, *options: str | Path, size: tuple[int, int] = (80, 24), **environment: str
) -> ConsoleScreen:
    screen = ConsoleScreen(options, size, **environment)
    bench.closing.callback(screen.close)
    bench.evidence.append(("the screen", screen.picture))
    screen.find_row("/help lists the commands of the console")
    screen.wait_for_last_row(r"(line|modem)\b.*>")
    # Who types as soon as there is a prompt types a key, not a signal.
    assert not screen.is_echoing
    screen.prompt = screen.rows[-1].split()[0].rstrip(">")
    return screen


def leave(screen: ConsoleScreen) -> None:
    screen.prompt = None
    screen.type(KILL_LINE + END_OF_FILE)
    assert screen.exit_code() == 0
    assert screen.is_as_before


def assert_tidy(screen: ConsoleScreen, columns: int) -> None:
    """Nothing flickered, nothing wrapped but at our own will, no escape sequence stands about."""
    assert screen.flaws == []
    rows = [row for row in screen.everything if row and not row.startswith(("line", "modem"))]
    assert [row for row in rows if not ROW.fullmatch(row) or len(row) >= columns] == []


# MARK: At a running line


@pytest.mark.parametrize("size", SIZES)
def test_an_hour_at_the_console(console: Console, size: tuple[int, int]) -> None:
    screen = console.open("--explain", size=size)
    screen.wait_for_last_row(r"line \(watching\)>")

    # A call is watched, and nobody is disturbed.
    console.patriot.dial("5550101")
    screen.find_row(r"→ ATD…101; +dials, to talk")
    screen.find_row(r"← \^CONF:1 +call 1, outbound, alerting")
    console.modem.command("answer")
    screen.find_row(r"· call outbound …101: active")
    assert "lease" not in console.status()
    console.patriot.hang_up()
    over = screen.find_row(r"· call over: the call was hung up here")
    console.patriot.wait_for_status(active=False)

    # Who types has the modem.
    screen.type("ATI")
    screen.wait_for_last_row(r"line \(yours\)> ATI")
    assert "(process" in str(console.status()["lease"])
    screen.type("\r")
    screen.find_row(r"→ ATI +who the modem is", start=over)
    screen.find_row(r"← OK +done", start=screen.find_row(r"← Model: E1550", start=over))
    screen.type(UP)
    screen.wait_for_last_row(r"line \(yours\)> ATI")
    screen.type(KILL_LINE + "at+cs" + TAB)
    screen.find_row(r"AT\+CSCA +AT\+CSCS +AT\+CSQ")
    screen.wait_for_last_row(r"line \(yours\)> at\+cs")

    # A call comes in while something is typed: the typed text and the cursor stay where they are.
    screen.type("\x02")
    console.modem.command("ring 5550123456")
    screen.find_row(r"← \+CRING: VOICE +the line rings")
    screen.find_row(r"← \+CLIP: \"…456\",129\S* +the caller's number")
    screen.type("x")
    screen.wait_for_last_row(r"line \(yours\)> at\+cxs")
    assert screen.cursor == len("line (yours)> at+cx")
    console.modem.command("stop")
    screen.find_row(r"· call over", start=over + 1)
    screen.type(KILL_LINE + "AT+CSQ\r")
    screen.find_row(r"← \+CSQ: 20,99 +-73 dBm, good", start=over)

    # Patriot takes the modem.
    screen.type("AT+C")
    screen.wait_for_last_row(r"line \(yours\)> AT\+C")
    console.patriot.dial("5550102")
    screen.find_row(r"! the modem is no longer yours: Patriot dials")
    screen.wait_for_last_row(r"line \(watching\)> AT\+C")
    # Typing on does not take it back; that has to be asked for.
    screen.type("SQ\r")
    screen.find_row(r"· call outbound …102: alerting")
    assert "lease" not in console.status()
    screen.type("AT")
    screen.wait_for_last_row(r"line \(watching\)> AT")
    screen.type(KILL_LINE + "/take\rAT+C")
    screen.wait_for_last_row(r"line \(yours\)> AT\+C")
    screen.type(KILL_LINE + "/release\rAT+C")
    console.patriot.hang_up()
    gone = screen.find_row(r"· call over", start=screen.find_row("…102: alerting"))

    # The plug, and the line itself.
    console.modem.command("unplug")
    gone = screen.find_row(r"· modem: (opening|no modem found)", start=gone)
    console.modem.command("replug")
    gone = screen.find_row(r"· modem on /dev/pts/\d+: ready", seconds=40, start=gone)
    console.restart()
    gone = screen.find_row(r"! line went away: waiting", start=gone)
    gone = screen.find_row(r"· attached to line \(process \d+\)", start=gone)
    screen.find_row(r"· modem on /dev/pts/\d+: ready", start=gone)
    screen.wait_for_last_row(r"line \(watching\)> AT\+C")
    assert_tidy(screen, size[0])
    leave(screen)


def test_of_two_who_type_one_has_the_modem(console: Console) -> None:
    first, second = console.open(), console.open()
    first.type("A")
    first.wait_for_last_row(r"line \(yours\)> A")
    second.find_row(r"· \S+ \(process \d+\) has the modem")
    second.type("ATI\r")
    second.find_row(r"! the modem is not yours: .* has the modem")
    second.find_row(r"! ATI: .* has the modem")
    first.type(KILL_LINE + "/release\r")
    first.wait_for_last_row(r"line \(watching\)>")
    assert "lease" not in console.status()
    second.type("ATI\r")
    second.find_row(r"← Model: E1550")
    assert_tidy(first, 80)
    assert_tidy(second, 80)


def test_what_would_mislead_the_line_is_refused_and_no_pin_stays(console: Console) -> None:
    screen = console.open()
    screen.type("ATD5550101;\r")
    screen.find_row(r"! ATD…101;: D would change the call")
    screen.type("AT+CPIN=1234\r")
    screen.find_row(r"! AT\+CPIN=\(hidden\): a PIN is entered only from SIM_PIN_FILE")
    assert not any("1234" in row for row in screen.everything)
    screen.type(UP)
    screen.wait_for_last_row(r"line \(yours\)> ATD5550101;")


def test_a_long_line_and_a_window_that_changes(console: Console) -> None:
    screen = console.open()
    typed = "AT" + "+CGMI;" * 15
    screen.type(typed)
    screen.wait_for_last_row(r"[+CGMI;]+")
    console.modem.command("noise ^RSSI:19")
    screen.find_row(r"← \^RSSI:19")
    screen.wait_for_last_row(r"[+CGMI;]+")
    rows = screen.rows
    begin = max(index for index, row in enumerate(rows) if row.startswith("line (yours)> "))
    assert "".join(rows[begin:]) == "line (yours)> " + typed
    screen.resize(120, 30)
    console.modem.command("noise ^RSSI:20")
    row = screen.find_row(r"← \^RSSI:20")
    screen.wait_for_last_row(r"line \(yours\)> AT[+CGMI;]+")
    screen.type("\r")
    screen.find_row(r"← OK", start=row)


# MARK: At the port itself


def dialogue(bench: Bench, screen: ConsoleScreen, play: object) -> None:
    """A person calls with a modem at hand; `play` says what the other side does, where somebody has to."""
    start = 0
    for line, answer in [("ATI", "← OK"), ("AT+CSQ", "← OK"), ("AT^CURC=1", "← OK"), ("ATD5550101;", r"← \^CONF:1")]:
        screen.type(line + "\r")
        start = screen.find_row(answer, start=screen.find_row("→ AT", start=start)) + 1
    if isinstance(play, SimulatedModem):
        play.command("answer")
    start = screen.find_row(r"← \^CONN:1,0", start=start)
    screen.type("AT+CHUP\r")
    start = screen.find_row(r"← OK", start=start)
    screen.type("AT+CSQ;+NONSENSE\r")
    screen.find_row(r"← ERROR", start=start)


def lines(recording: Path) -> list[str]:
    return [line for line in recording.read_text().splitlines() if not line.startswith("#")]


def test_a_recording_is_played_and_the_same_dialogue_comes_of_it(bench: Bench) -> None:
    first, second = bench.directory / "first.at", bench.directory / "second.at"
    modem = bench.simulated_modem("huawei")
    screen = sit_down(bench, "--device", bench.modem_link, "--record", first)
    dialogue(bench, screen, modem)
    leave(screen)
    modem.terminate()
    assert "> ATD…101;" in lines(first) and "< ^CONF:1" in lines(first)
    assert re.search(r"^# \+\d+\.\d{3}s$", first.read_text(), re.MULTILINE)

    player = ChildProcess("player", [BINARY, "simulate", "modem", "--script", first, "--link", bench.modem_link])
    bench.keep(player)
    player.wait_for_line(r"a recorded modem is at")
    screen = sit_down(bench, "--device", bench.modem_link, "--record", second)
    dialogue(bench, screen, None)
    leave(screen)
    assert lines(second) == lines(first)


@pytest.mark.parametrize("size", SIZES)
def test_everything_that_comes_is_seen_and_obeyed_by_no_terminal(bench: Bench, size: tuple[int, int]) -> None:
    modem = bench.pty_modem()
    screen = sit_down(bench, "--device", bench.modem_link, size=size)
    screen.wait_for_last_row(r"modem>")
    modem.write(b"\r\nA\x1b[2J\x07B\xff\t|\r\n")
    screen.find_row(r"← A\\u\{1B\}\[2J\\u\{7\}B\\xFF\\t\|$")
    # A prompt has no line end.
    modem.write(b"\r\n> ")
    screen.find_row(r"← >$")
    screen.type("/hex\r")
    screen.find_row(r"· bytes on")
    modem.write(b"\r\n+X: \xff\x00\r\n")
    screen.find_row(r"← 2b 58 3a 20 ff 00 0d 0a +\+X: \.\.\.\.")
    screen.type("/hex\r/raw \\x1A\\r\r")
    modem.wait_for(rb"\x1a\r")
    screen.find_row(r"→ \\u\{1A\}\\r$")
    screen.type("/lines\r")
    screen.find_row(r"· this port has no control lines")
    modem.write(b"x" * 500 + b"\r\n")
    screen.find_row(r"^ {18}x+$")
    screen.type("/time\r/nonsense\r")
    row = screen.find_row(r"^ *\+\d+\.\d{6} ! there is no /nonsense")
    assert_tidy(screen, size[0])
    leave(screen)


def test_the_port_is_waited_for(bench: Bench) -> None:
    modem = bench.simulated_modem("generic-gsm")
    screen = sit_down(bench, "--device", bench.modem_link)
    screen.type("AT")
    modem.command("unplug")
    gone = screen.find_row(r"! /dev/pts/\d+ is gone: waiting")
    screen.wait_for_last_row(r"modem \(away\)> AT")
    modem.command("replug")
    screen.find_row(r"· opened /dev/pts/\d+", start=gone)
    screen.wait_for_last_row(r"modem> AT")
    modem.wait_for_line("the modem listens")
    screen.type("\r")
    screen.find_row(r"← OK", start=gone)
    assert_tidy(screen, 80)


def test_numbers_are_masked_unless_they_are_wanted(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm", "--pin", "1234")
    log = bench.directory / "console.log"
    screen = sit_down(bench, "--device", bench.modem_link, "--log", log)
    screen.type("ATE0\rAT+CPIN=1234\rATD5550101;\r")
    screen.find_row(r"→ AT\+CPIN=\(hidden\)")
    screen.find_row(r"→ ATD…101;")
    leave(screen)
    assert "1234" not in screen.picture() + log.read_text()
    assert "5550101" not in screen.picture() + log.read_text()
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} → ATD…101;$", log.read_text(), re.MULTILINE)
    screen = sit_down(bench, "--device", bench.modem_link, LOG_NUMBERS="full")
    screen.type("ATD5550101;\r")
    screen.find_row(r"→ ATD5550101;")


def test_a_terminal_without_utf8_gets_ascii(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    screen = sit_down(bench, "--device", bench.modem_link, LANG="C")
    screen.type("ATE0\rATD5550101;\r")
    screen.find_row(r"> ATD\.\.\.101;")
    screen.find_row(r"< OK")
    assert screen.picture().isascii()


def test_a_signal_leaves_the_terminal_as_it_was(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    screen = sit_down(bench, "--device", bench.modem_link)
    screen.type("AT")
    screen.prompt = None
    screen.send_signal(signal.SIGTERM)
    assert screen.exit_code() == 0
    assert screen.is_as_before


def test_ctrl_c_drops_the_line_and_then_ends(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    screen = sit_down(bench, "--device", bench.modem_link)
    screen.type("AT")
    screen.wait_for_last_row(r"modem> AT")
    screen.type(INTERRUPT)
    screen.wait_for_last_row(r"modem>")
    screen.prompt = None
    screen.type(INTERRUPT)
    assert screen.exit_code() == 0


def test_without_a_terminal_it_only_watches(console: Console) -> None:
    watcher = ChildProcess("watcher", [BINARY, "console", "--socket", console.socket, "--explain"])
    try:
        watcher.wait_for_line("ready")
        watcher.write_line("ATI")
        assert subprocess.run([BINARY, "at", "AT+CSQ", "--socket", console.socket], timeout=60, check=False).returncode == 0
        watcher.wait_for_line(r"[←<] \+CSQ: 20,99 +-73 dBm, good")
        assert watcher.terminate() == 0
    finally:
        watcher.close()
    assert not any("ATI" in line for line in watcher.output.all())


def test_it_ends_with_whoever_reads_it(console: Console) -> None:
    command = [BINARY, "console", "--socket", console.socket]
    watcher = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        assert watcher.stdout is not None
        assert watcher.stdout.readline()
        watcher.stdout.close()
        assert watcher.wait(timeout=20) == 0
    finally:
        watcher.kill()
        watcher.wait()


def test_a_terminal_that_cannot_move_its_cursor_is_only_written_to(console: Console) -> None:
    screen = ConsoleScreen(("--socket", console.socket), (80, 24), TERM="dumb")
    try:
        screen.find_row("modem on /dev/pts/.*: ready")
        assert "\x1b" not in screen.text
    finally:
        screen.close()


def test_files_are_not_lost(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    kept = bench.directory / "kept.at"
    kept.write_text("> AT\n")
    outcome = run("console", "--device", bench.modem_link, "--record", kept)
    assert (outcome.returncode, outcome.stderr) == (1, f"{kept} cannot be written: it is there already: name another file\n")
    assert kept.read_text() == "> AT\n"


def test_the_reason_is_told_when_there_is_nothing_to_open(bench: Bench) -> None:
    outcome = run("console", "--socket", bench.directory / "nothing")
    assert outcome.returncode == 67
    assert "no line is running" in outcome.stderr and "--device" in outcome.stderr
    outcome = run("console", "--device", "/dev/ttyUSB99")
    assert outcome.returncode == 66
    assert "does not exist" in outcome.stderr


# MARK: at


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("AT+CSQ", 0, "+CSQ: 20,99\nOK\n"),
        ("AT+NONSENSE", 1, "ERROR\n"),
        ("AT&F", 0, "OK\n"),
        ("ATA", 1, "NO CARRIER\n"),
        ("AT+CPIN=1234", 1, "SIM_PIN_FILE"),
        ("hello", 1, "starts with AT"),
    ],
)
def test_one_command_to_a_port_of_ones_own(bench: Bench, command: str, code: int, words: str) -> None:
    bench.simulated_modem("generic-gsm")
    outcome = run("at", "--device", bench.modem_link, command)
    assert outcome.returncode == code
    assert words in outcome.stdout + outcome.stderr


def test_a_silent_modem_and_a_missing_one(bench: Bench) -> None:
    modem = bench.simulated_modem("generic-gsm")
    answer = json.loads(run("at", "--device", bench.modem_link, "AT+CSQ", "--json").stdout)
    assert answer == {"command": "AT+CSQ", "lines": ["+CSQ: 20,99"], "result": "OK", "error": None}
    modem.command("silence on")
    outcome = run("at", "--device", bench.modem_link, "AT")
    late = "the modem did not answer in time: try again, or with a longer --timeout"
    assert (outcome.returncode, outcome.stderr) == (65, f"Failed: {late}.\n")
    modem.terminate()
    assert run("at", "--device", bench.modem_link, "AT").returncode == 66


def test_a_port_that_a_line_has_open_is_asked_through_the_line(console: Console, bench: Bench) -> None:
    device = ("--device", bench.modem_link, "--socket", console.socket)
    outcome = run("at", *device, "AT+CSQ")
    assert (outcome.returncode, outcome.stdout) == (0, "+CSQ: 20,99\nOK\n")
    refused = run("at", *device, "ATD5550101;")
    assert (refused.returncode, refused.stdout) == (1, "")
    screen = console.open("--device", bench.modem_link)
    screen.wait_for_last_row(r"line \(watching\)>")
    # A line whose socket is not where lines have theirs is named.
    other = run("at", "--device", bench.modem_link, "AT")
    assert other.returncode == 66
    assert re.search(r"in use by patriot-dialler \(process \d+\), a running line: .*use --line NAME", other.stderr)
    assert run("at", "--config", console.daemon.configuration, "AT").stdout == "OK\n"


def test_words_without_a_slash(console: Console, bench: Bench) -> None:
    screen = console.open()
    screen.type("help\r")
    row = screen.find_row(r"/explain +explanations")
    screen.type("?\r")
    row = screen.find_row(r"/explain +explanations", start=row + 1)
    screen.type("HELP")
    screen.wait_for_last_row(r"line \(watching\)> HELP")
    # Nothing of this is for the modem, so nobody has it. The line's own commands go on.
    assert "lease" not in console.status()
    assert not any(re.search(r"→ *(help|\?)", found, re.IGNORECASE) for found in screen.everything[row:])
    screen.prompt = None
    screen.type(KILL_LINE + "quit\r")
    assert screen.exit_code() == 0
    assert screen.is_as_before


def test_a_log_is_begun_and_ended_and_the_screen_cleared(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    log = bench.directory / "a log"
    screen = sit_down(bench, "--device", bench.modem_link)
    screen.type("/log\r")
    screen.find_row(r"· no log is written")
    screen.type(f"/log {log}\r")
    screen.find_row(r"· writing a log to ")
    screen.type("AT+CSQ\r")
    row = screen.find_row(r"← OK")
    screen.type("/log off\rATI\r")
    screen.find_row(r"← OK", start=row + 1)
    assert re.search(r" → AT\+CSQ$", log.read_text(), re.MULTILINE) and "ATI" not in log.read_text()
    screen.type("/log /no/such/folder/log\r")
    screen.find_row(r"! /no/such/folder/log cannot be written")
    screen.type("/clear\rAT+CGMI\r")
    screen.find_row(r"→ AT\+CGMI")
    assert not any("ATI" in found for found in screen.rows)
    leave(screen)


SCRIPT = """\
# what a healthy modem answers
> AT+CSQ
< AT+CSQ
< +CSQ: ...,99
< OK
> AT+CREG?
< +CREG: …,1
< OK
"""


def test_a_script_is_sent_and_its_answers_expected(console: Console, bench: Bench) -> None:
    script = bench.directory / "check.at"
    script.write_text(SCRIPT)
    outcome = run("at", "--script", script, "--socket", console.socket)
    assert outcome.returncode == 0
    assert outcome.stdout == "> AT+CSQ\n< +CSQ: 20,99\n< OK\n> AT+CREG?\n< +CREG: 1,1\n< OK\n"
    assert "lease" not in console.status()
    console.modem.command("registration 2")
    outcome = run("at", "--script", script, "--socket", console.socket, "--json")
    assert (outcome.returncode, outcome.stderr) == (1, f"{script}:7: not answered: +CREG: …,1\n")
    answers = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [answer["missing"] for answer in answers] == [None, "+CREG: …,1"]


def test_a_script_for_a_port_of_ones_own_and_one_that_is_none(bench: Bench) -> None:
    bench.simulated_modem("generic-gsm")
    script = bench.directory / "check.at"
    script.write_text("> ATI\n< …\n< OK\n")
    assert run("at", "--script", script, "--device", bench.modem_link).returncode == 0
    script.write_text("> ATI\nOK\n")
    outcome = run("at", "--script", script, "--device", bench.modem_link)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"{script}: line 2 begins with neither >")
    assert run("at").returncode == 2
    assert run("at", "AT", "--script", script).returncode == 2
