"""Alerts: a hook is run once for each outage and its end, whatever happens to it and to the alert process."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from alerts import Alerts, ControlledLine, outages
from bench import Bench
from harness import SimulatedModem
from station import Station

NUMBER = "5550123456"
SEED = int(os.environ.get("ALERT_SEED", "20261130"))


@pytest.fixture
def station(bench: Bench) -> Station:
    return Station(bench)


def controlled(station: Station, *names: str) -> dict[str, ControlledLine]:
    return {name: ControlledLine(station.runs / name / "control", name) for name in names}


def test_ten_lines_and_three_kinds_of_outages(station: Station) -> None:
    for number in range(1, 11):
        station.start(f"line{number}")
    alerts = Alerts(station, "--after", "2", "--calls")
    station.patriots["line1"].dial(NUMBER)
    station.modems["line1"].wait_for_alerting(0)
    station.modems["line3"].terminate()
    station.lines["line5"].kill()
    station.hang("line7")
    broken = {told.line: told for told in alerts.wait(3, state="not-ready")}
    assert {name: told.reason for name, told in broken.items()} == {
        "line3": "not-plugged-in", "line5": "not-running", "line7": "no-answer",
    }  # fmt: skip
    assert re.search(r"^Not ready: no modem found .*plug it in", broken["line3"].sentence)
    assert broken["line5"].sentence == "Not running: start it with sudo systemctl start patriot-dialler@line5"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.since) for told in broken.values())

    station.modems["line1"].command("answer")
    alerts.wait(1, state="call-answered")
    station.modems["line1"].command("hangup")
    # The simulated modem of a killed line keeps the port open, and with it that line's claim on it (TIOCEXCL).
    station.modems["line5"].terminate()
    for name in ("line3", "line5"):
        station.bench.keep(SimulatedModem("huawei", station.modem_link(name)))
    station.lines["line7"].signal(signal.SIGCONT)
    station.run("line5")
    assert {told.line for told in alerts.wait(3, state="ready")} == {"line3", "line5", "line7"}
    assert all(int(told.outage_seconds) >= 2 for told in alerts.wait(3, state="ready"))

    alerts.wait(1, state="call-ended")
    alerts.wait_until_idle()
    calls = [told for told in alerts.told() if told.state.startswith("call-")]
    assert [(told.line, told.state, told.call) for told in calls] == [
        ("line1", "call-started", "outbound/…456/"), ("line1", "call-answered", "outbound/…456/"),
        ("line1", "call-ended", "outbound/…456/remote-hang-up"),
    ]  # fmt: skip
    assert len(alerts.told()) == 9 and NUMBER not in (alerts.folder / "attempts").read_text()
    assert alerts.process.terminate() == 0


def test_a_short_outage_is_not_told_and_calls_only_if_wanted(station: Station) -> None:
    lines = controlled(station, "line1", "line2")
    alerts = Alerts(station, "--after", "86400")
    lines["line1"].begin("reported")
    time.sleep(2)
    lines["line1"].end("reported")
    alerts.kill()
    alerts.options = ("--after", "1")
    alerts.restart()
    lines["line2"].begin("gone")
    assert [told.line for told in alerts.wait(1)] == ["line2"]


def test_a_hook_that_fails_is_tried_again_and_given_up(station: Station) -> None:
    lines = controlled(station, "line1", "line2")
    alerts = Alerts(station, "--after", "1", "--attempts", "3")
    alerts.behave('[ $LINE = line2 ] || [ $ATTEMPT = 3 ] && [ $STATE = ready ] || exit 7')
    lines["line1"].begin("reported")
    alerts.process.wait_for_line(r"alert not delivered after 3 attempts: \S+/hook: exit code 7.*line=line1", seconds=60)
    assert [told.attempt for told in alerts.wait(3, "attempts", line="line1")] == [1, 2, 3]
    lines["line1"].end("reported")
    # Its end is told anyway, at the third attempt.
    assert [told.attempt for told in alerts.wait(1, line="line1")] == [3]
    alerts.wait_until_idle()
    assert len({told.id for told in alerts.told("attempts")}) == 2


def test_a_hook_that_hangs_is_killed_with_its_children(station: Station) -> None:
    lines = controlled(station, "line1", "line2")
    alerts = Alerts(station, "--after", "1", "--timeout", "1", "--attempts", "2")
    # It ignores SIGTERM, and so does what it has started.
    alerts.behave('[ $LINE = line2 ] || { trap "" TERM; sleep 4321 & echo $! >>"$here/children"; sleep 4321; }')
    lines["line1"].begin("reported")
    # The other line's alerts do not wait.
    lines["line2"].begin("gone")
    alerts.wait(1, line="line2")
    alerts.process.wait_for_line(r"not delivered after 2 attempts.*took longer than 1 s and was killed", seconds=60)
    children = (alerts.folder / "children").read_text().split()
    assert len(children) == 2
    deadline = time.monotonic() + 10
    while any(is_alive(child) for child in children):
        assert time.monotonic() < deadline, children
        time.sleep(0.05)
    assert not [told for told in alerts.told() if told.line == "line1"]


def is_alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("behaviour", ["sleep 2", "sleep 2; exit 1", "sleep 1000"])
def test_a_hook_outlives_the_alert_process_and_is_not_run_twice(station: Station, behaviour: str) -> None:
    lines = controlled(station, "line1")
    alerts = Alerts(station, "--after", "1", "--timeout", "4")
    alerts.behave(f"[ $ATTEMPT != 1 ] || {{ {behaviour}; }}")
    lines["line1"].begin("reported")
    alerts.wait(1, "attempts")
    alerts.kill()
    alerts.restart()
    told = alerts.wait(1)
    alerts.wait_until_idle()
    attempts = 1 if behaviour == "sleep 2" else 2
    assert [told.attempt for told in alerts.told("attempts")] == list(range(1, attempts + 1))
    assert len(told) == 1 and len(alerts.told()) == 1
    # Nothing is left behind.
    deadline = time.monotonic() + 10
    while sorted(os.listdir(alerts.state)) != ["alerts.json", "lock"]:
        assert time.monotonic() < deadline, os.listdir(alerts.state)
        time.sleep(0.05)


def test_a_damaged_memory_is_set_aside(station: Station) -> None:
    lines = controlled(station, "line1")
    alerts = Alerts(station, "--after", "1")
    lines["line1"].begin("reported")
    alerts.wait(1)
    alerts.wait_until_idle()
    alerts.kill()
    (alerts.state / "alerts.json").write_text('{"lines": 3')
    alerts.restart()
    alerts.process.wait_for_line("is damaged and was set aside", seconds=30)
    alerts.wait(2, state="not-ready")
    assert (alerts.state / "alerts.json.bad").read_text() == '{"lines": 3'


def test_foreign_text_reaches_the_hook_visible(station: Station) -> None:
    line = controlled(station, "line1")["line1"]
    original = line._report
    line._report = lambda: original() | {"sentence": "Not ready: \x1b[2J\n\u202e$(id)`id`\x00."}  # type: ignore[method-assign]
    alerts = Alerts(station, "--after", "1")
    line.begin("reported")
    assert alerts.wait(1)[0].sentence == r"Not ready: \u{1B}[2J\n\u{202E}$(id)`id`\u{0}."


def test_what_cannot_work_says_why(station: Station, tmp_path: Path) -> None:
    outcome = station.command("alert", "--state-directory", tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Failed: cannot execute /etc/patriot-dialler/alert (No such file or directory): copy")
    outcome = station.command("alert", "--hook", "/bin/true", STATE_DIRECTORY="/nowhere")
    assert (outcome.returncode, outcome.stderr) == (1, "Failed: cannot write to /nowhere: No such file or directory.\n")
    alerts = Alerts(station)
    alerts.process.wait_for_line("watching all lines for", seconds=30)
    outcome = station.command("alert", "--hook", "/bin/true", "--state-directory", alerts.state)
    assert outcome.returncode == 1
    assert re.search(rf"is in use by patriot-dialler \(process {alerts.process.pid}\)", outcome.stderr)
    for option, value in (("--after", "0"), ("--attempts", "21"), ("--timeout", "601"), ("--hook", "alert")):
        assert station.command("alert", option, value).returncode == 2, option


def test_the_example_is_a_hook(tmp_path: Path) -> None:
    """Each way is tried with a command that writes down what it is given."""
    example = Path(__file__).resolve().parents[2] / "udev/alert.example"
    script = example.read_text()
    ways = re.findall(r"^#(by_\w+)$", script, re.MULTILINE)
    assert ways == ["by_mail", "by_webhook", "by_wall", "by_notification"]
    for name in ("curl", "wall", "notify-send"):
        command = tmp_path / name
        command.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >>{tmp_path}/called\ncase "$*" in *-file*|*-binary*) cat >>{tmp_path}/called ;; esac\n')
        command.chmod(0o755)
    hook = tmp_path / "alert"
    hook.write_text(re.sub(r"^#(by_\w+)$", r"\1", script, flags=re.MULTILINE))
    hook.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "LINE": "line1", "STATE": "not-ready", "SINCE": "2026-11-30T01:02:03.004Z",
        "SENTENCE": r'Not ready: a "quoted" \u{1B} $(id).', "ALERT_ID": "line1-5", "ATTEMPT": "1", "REASON": "held",
    }  # fmt: skip
    outcome = subprocess.run([hook], env=environment, capture_output=True, text=True, check=True)
    text = r'line1 is not ready since 2026-11-30T01:02:03.004Z. Not ready: a "quoted" \u{1B} $(id).'
    assert outcome.stdout == text + "\n" and outcome.stderr == ""
    called = (tmp_path / "called").read_bytes().decode()
    assert f"wall {text}\n" in called and "Subject: line1 is not ready\r\n" in called and text + "\r\n" in called
    assert r'"text": "line1 is not ready since 2026-11-30T01:02:03.004Z. Not ready: a \"quoted\" \\u{1B} $(id)."}' in called


class RandomOutages(threading.Thread):
    """One line's: long ones, of which the hook is to learn, and short ones, of which it is not."""

    def __init__(self, line: ControlledLine, alerts: Alerts, chance: random.Random, long: int) -> None:
        super().__init__(daemon=True)
        self.line, self.alerts, self.chance, self.long = line, alerts, chance, long
        self.begun = 0
        self.kinds: list[str] = []
        self.doubtful = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while self.begun < self.long:
                if self.chance.random() < 0.3:
                    self._short()
                else:
                    self._long()
        except BaseException as failure:
            self.failure = failure

    def _long(self) -> None:
        kind = self.chance.choice(["reported", "reported", "gone", "gone", "hanging"])
        self.kinds.append(kind)
        self.begun += 1
        self.line.begin(kind)
        self._wait("not-ready")
        time.sleep(self.chance.uniform(0, 2))
        self.line.end(kind)
        self._wait("ready")
        time.sleep(self.chance.uniform(0, 1))

    def _wait(self, state: str) -> None:
        deadline = time.monotonic() + 120
        while len({told.id for told in self.alerts.told("attempts") if (told.line, told.state) == (self.line.name, state)}) < self.begun:
            assert time.monotonic() < deadline, f"{self.line.name}: outage {self.begun} ({self.kinds[-1]}): no {state}"
            time.sleep(0.1)

    def _short(self) -> None:
        kind = self.chance.choice(["reported", "gone", "hanging"])
        started = time.monotonic()
        self.line.begin(kind)
        time.sleep(self.chance.uniform(0.1, 1))
        self.line.end(kind)
        # What a busy machine makes longer proves nothing.
        if time.monotonic() - started > 2:
            self.doubtful += 1
        time.sleep(1)


def test_random_outages_are_each_told_once(station: Station) -> None:
    chance = random.Random(SEED)
    lines = controlled(station, *(f"line{number}" for number in range(1, 11)))
    alerts = Alerts(station, "--after", "3", "--timeout", "2", "--attempts", "20")
    # By chance, and never from the 6th attempt on: it fails before, or hangs before, or takes its time.
    alerts.behave(
        "[ $ATTEMPT -gt 5 ] || case $(od -An -N1 -tu1 /dev/urandom | tr -d ' ') in"
        " ?|1[0-9]) sleep 1000 ;; [2-7][0-9]) exit 1 ;; 1*) sleep 0.5 ;; esac"
    )
    share, more = divmod(outages(), len(lines))
    threads = [
        RandomOutages(line, alerts, random.Random(chance.random()), share + (index < more))
        for index, line in enumerate(lines.values())
    ]
    for thread in threads:
        thread.start()
    kills = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(chance.uniform(2, 15))
        alerts.kill()
        alerts.restart()
        kills += 1
    assert [thread.failure for thread in threads if thread.failure] == []
    alerts.wait_until_idle()
    doubtful = sum(thread.doubtful for thread in threads)
    assert doubtful == 0, f"the machine was too slow for {doubtful} short outages"
    delivered = alerts.told()
    for thread in threads:
        states = [told.state for told in delivered if told.line == thread.line.name]
        assert states == ["not-ready", "ready"] * thread.long, (thread.line.name, thread.kinds, states)
    attempts = alerts.told("attempts")
    assert len({told.id for told in delivered}) == len(delivered) == 2 * outages()
    print(f"\n{outages()} outages, seed {SEED}: {kills} kills, {len(attempts)} attempts for {len(delivered)} alerts")
