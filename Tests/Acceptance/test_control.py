"""The control socket, by the commands that use it and by clients that misuse it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench import Bench
from control_client import Client
from harness import BINARY, Daemon, SimulatedModem
from patriot_server import PatriotServer

NUMBER = "5550101"
LINE_LIMIT = 64 * 1024
CLIENT_LIMIT = 100


class Line:
    """A ready line with its peers, and a person at the shell."""

    def __init__(self, bench: Bench, **settings: str) -> None:
        self.patriot: PatriotServer = bench.patriot()
        self.modem: SimulatedModem = bench.simulated_modem("huawei")
        self.daemon: Daemon = bench.ready_daemon(self.patriot, MODEM_PROFILE="huawei", **settings)

    @property
    def socket_path(self) -> Path:
        return self.daemon.configuration.parent / "run/control"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        place = ("--config", self.daemon.configuration)
        return subprocess.run([BINARY, *words, *place], capture_output=True, text=True, timeout=60, check=False)

    def status(self) -> dict[str, object]:
        return json.loads(self.command("status", "--json").stdout)  # type: ignore[no-any-return]

    def wait_for_call(self, state: str | None) -> None:
        """Until the call is in that state; `None` for no call."""
        with Client(self.socket_path) as client:
            status = client.ask("watch")["status"]
            deadline = time.monotonic() + 20
            while (status.get("call") or {}).get("state") != state:
                assert time.monotonic() < deadline, f"the call is not {state}: {status}"
                message = client.next()
                status = message.get("event", {}).get("status") or status

    def wait_for_modem(self, fact: str) -> dict[str, Any]:
        """The status with this fact about the modem."""
        with Client(self.socket_path) as client:
            status: Any = client.ask("watch")["status"]
            deadline = time.monotonic() + 20
            while fact not in status["modem"]:
                assert time.monotonic() < deadline, f"no {fact}: {status}"
                # Each line of the modem is told, and any may bring the fact.
                client.next()
                status = client.ask("status")["status"]
            return status  # type: ignore[no-any-return]


@pytest.fixture
def line(bench: Bench) -> Iterator[Line]:
    yield Line(bench)


def test_a_call_by_hand_is_told_to_patriot(line: Line) -> None:
    assert line.command("dial", NUMBER).returncode == 0
    line.patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    line.modem.wait_for_alerting(0)
    start = line.modem.command("answer")
    line.wait_for_call("active")
    assert line.command("dtmf", "12#").returncode == 0
    line.modem.wait_for_line(r"VTS", start=start)
    refused = line.command("dial", "5550102")
    assert (refused.returncode, refused.stderr) == (1, "Failed: a call is in progress: hangup ends it.\n")
    assert line.command("hangup").returncode == 0
    line.wait_for_call(None)
    line.patriot.wait_for_status(active=False)
    # The number that was refused is nowhere in what Patriot was told of the call.
    assert all(getattr(event, "payload", {}).get("callerId") != "5550102" for event in line.patriot.events.all())


def test_a_call_that_comes_in_is_taken_by_hand(line: Line) -> None:
    assert line.command("answer").returncode == 1
    line.modem.command("ring 5550102")
    line.wait_for_call("incoming")
    assert line.command("answer").returncode == 0
    line.wait_for_call("active")
    line.modem.command("hangup")
    line.wait_for_call(None)


def test_what_happened_is_printed(line: Line) -> None:
    hung_up = line.command("hangup")
    assert (hung_up.returncode, hung_up.stdout) == (0, "line: no call is up; resetting the line to idle\n")
    dialled = line.command("dial", "(02) 9999-1234")
    assert (dialled.returncode, dialled.stdout) == (0, "line: dialling 0299991234\n")
    line.modem.wait_for_alerting(0)
    hung_up = line.command("hangup")
    assert (hung_up.returncode, hung_up.stdout) == (0, "line: hanging up the outbound call to …234\n")
    line.wait_for_call(None)
    line.modem.command("ring 5550102")
    line.wait_for_call("incoming")
    answered = line.command("answer")
    assert answered.returncode == 0
    assert re.fullmatch(r"line: answering the inbound call( from …102)?\n", answered.stdout)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+49 30 123456", "+4930123456"),
        ("(02) 9999-1234", "0299991234"),
        ("555.010.1/23", "555010123"),
        (" 555\u00a0010\u202f1\u20112\u2013", "55501012"),
        ("(+61) 2 5550 101", "+6125550101"),
        ("\u202a+61 255\u202c", "+61255"),
        ("*31#555 0101", "*31#5550101"),
    ],
)
def test_separators_are_taken_out_of_a_number(line: Line, typed: str, dialled: str) -> None:
    outcome = line.command("dial", typed)
    assert (outcome.returncode, outcome.stdout) == (0, f"line: dialling {dialled}\n")
    line.modem.wait_for_line(rf"ATD{re.escape(dialled)}")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("555CALL", '"C" is not allowed'),
        ("5550101;", '";" is not allowed'),
        ("5550101\n5550102", "is not allowed"),
        ("555\u0661", "is not allowed"),
        ("555 & 1", '"&" is not allowed'),
        ("+49 (0)30 123456", "write the number without it"),
        ("+49 (0) 30 123456", "write the number without it"),
        (" - ", "empty"),
        ("555+1", "leading +"),
    ],
)
def test_a_number_that_is_none_is_refused(line: Line, typed: str, words: str) -> None:
    outcome = line.command("dial", typed)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert words in outcome.stderr
    assert "call" not in line.status()


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("AT+CSQ", 0, "+CSQ: "),
        ("ATI", 0, "huawei"),
        ("AT+NONSENSE?", 1, "ERROR"),
        ("AT+NONSENSE", 1, "root can send it with --force"),
        ("AT+CFUN=0", 1, "switches the modem or its radio off"),
        ("AT+CLIP=0", 1, "use MODEM_INIT"),
        ('AT+CLCK="SC",0,"0000";+CSQ', 1, "SIM_PIN_FILE"),
        ("ATD5550101;", 1, "use dial, answer or hangup"),
        ("AT+CPIN=1234", 1, "SIM_PIN_FILE"),
        ("hello", 1, "starts with AT"),
    ],
)
def test_one_command_through_the_line(line: Line, command: str, code: int, words: str) -> None:
    outcome = line.command("at", command)
    assert outcome.returncode == code
    assert words in outcome.stdout + outcome.stderr


def as_member(line: Line, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the program as a user who may open the socket and is not root."""
    for directory in (line.socket_path.parent, *line.socket_path.parents[1:3]):
        os.chmod(directory, 0o755)
    os.chmod(line.socket_path, 0o666)
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    return subprocess.run(
        [*user, BINARY, *words, "--socket", line.socket_path], capture_output=True, text=True, timeout=60, check=False
    )


def test_what_is_not_known_to_be_harmless_is_sent_for_root_alone(line: Line) -> None:
    forced = line.command("at", "--force", "AT+NONSENSE")
    assert (forced.returncode, forced.stdout) == (1, "ERROR\n")
    assert line.command("at", "--force", "AT+CFUN=0").returncode == 1
    assert as_member(line, "at", "AT+CSQ").returncode == 0
    for words in (["AT+NONSENSE"], ["--force", "AT+NONSENSE"], ["--force", "AT+CPIN=1234"]):
        refused = as_member(line, "at", *words)
        assert (refused.returncode, refused.stdout) == (1, ""), words
    assert "--force is for root" in as_member(line, "at", "--force", "AT+CSQ").stderr
    # What the client says of itself does not count.
    assert "AT+CFUN=0" not in line.modem.transcript()
    assert line.modem.transcript().count("AT+NONSENSE") == 1


SECRET = "8274"
LOCKING = (
    'AT+CLCK="SC",0,"8274"', 'at+clck="sc",1,8274', "AT+CPIN2=8274", 'AT+CPWD="SC","8274","1111"', "AT^CPIN=8274",
    'AT#PIN=8274', 'AT^SPIC="8274"', 'AT^SLCK="PS",1,"8274"', 'AT^SPWD="PS","8274","1"', "AT+QCPIN=8274", "AT*EPIN=1,8274",
    'AT+CPUK="12345678","8274"', 'AT+CSIM=26,"0020000108FF8274FFFFFFFFFF"', "AT+CSQ;+CPIN = 8 2 7 4", "ATD**05*12345678*8274*8274#;",
    'AT+CUSD=1,"*04*0000*8274*8274#"', 'AT!ENTERCND="8274"', 'AT+CGAUTH=1,2,"8274","user"', "AT+XYZPIN=8274",
)  # fmt: skip


def test_no_secret_of_a_refused_command_is_told(bench: Bench) -> None:
    line = Line(bench, LOG_LEVEL="trace", LOG_NUMBERS="full")
    with Client(line.socket_path) as watcher, Client(line.socket_path) as client:
        watcher.ask("watch")
        for command in LOCKING:
            for force in (False, True):
                reply = client.ask("at", command=command, force=force)
                assert "lock the SIM" in reply["error"], command
                assert SECRET not in json.dumps(reply), command
        told = json.dumps([client.ask("transcript"), client.ask("status"), watcher.ask("status")])
    line.daemon.terminate()
    assert SECRET not in told + line.daemon.transcript() + line.modem.transcript()


def test_the_exit_code_tells_what_is_missing(line: Line) -> None:
    line.modem.command("silence on")
    assert line.command("at", "ATI", "--timeout", "1").returncode == 65
    line.modem.command("unplug")
    line.daemon.wait_for_line(r"modem port closed")
    gone = line.command("at", "ATI")
    assert (gone.returncode, gone.stderr[:7]) == (66, "Failed:")
    assert line.command("status").returncode == 1
    line.daemon.terminate()
    gone = line.command("status")
    assert gone.returncode == 67
    assert "no line is running" in gone.stderr


def test_a_daemon_that_hangs_is_not_said_to_be_gone(line: Line) -> None:
    os.kill(line.daemon.pid, signal.SIGSTOP)
    try:
        hanging = line.command("status")
    finally:
        os.kill(line.daemon.pid, signal.SIGCONT)
    said = "Failed: the line did not answer in time: try again; sudo patriot-dialler doctor says more.\n"
    assert (hanging.returncode, hanging.stderr) == (65, said)
    assert line.command("status").returncode == 0


def test_status_for_people_and_programs(line: Line) -> None:
    page = line.command("status")
    assert page.returncode == 0
    assert page.stdout.splitlines()[0] == "line: Ready: modem ready, Patriot connected, line free."
    assert all(len(text) <= 80 for text in page.stdout.splitlines())
    status = line.status()
    assert status["isReady"] is True


def test_status_tells_of_the_network_and_the_last_calls(line: Line) -> None:
    # Who looks need not wait for the next time that the modem is asked.
    status = line.wait_for_modem("operatorName")
    expected = {"sim": "ready", "isRegistered": True, "registration": "registered at home", "operatorName": "Simulation",
                "signal": 20, "signalDBm": -73, "signalHistory": [20]}  # fmt: skip
    assert status["modem"] | expected == status["modem"]
    assert status["lastCalls"] == []
    for number in ("5550101", "5550102"):
        line.patriot.dial(number)
        line.patriot.wait_for_status(active=True, outbound=True, caller_id=number)
        line.patriot.hang_up()
        line.wait_for_call(None)
        line.patriot.wait_for_status(active=False)
    status = line.status()
    assert [(call["number"], call["result"]) for call in status["lastCalls"]] == [
        ("…102", "local-hang-up"),
        ("…101", "local-hang-up"),
    ]
    assert status["lastCall"] == status["lastCalls"][0]
    page = line.command("status").stdout
    assert "\n  SIM        ready\n  Network    Simulation, registered at home\n" in page
    assert page.count("\n  Last call  outbound …10") == 2


class Metrics:
    """As Prometheus' own parser reads them."""

    def __init__(self, line: Line) -> None:
        self.text = line.command("status", "--prometheus").stdout
        self.samples = [sample for family in text_string_to_metric_families(self.text) for sample in family.samples]
        assert all(sample.labels["line"] == "line" for sample in self.samples)

    def __getitem__(self, name: str) -> float:
        """`NAME` or `NAME LABEL-VALUE`."""
        name, _, label = name.partition(" ")
        found = [
            sample.value
            for sample in self.samples
            if sample.name == f"patriot_dialler_{name}" and (not label or label in sample.labels.values())
        ]
        assert len(found) == 1, f"{name}: {found} in\n{self.text}"
        return found[0]


def test_metrics_tell_what_counts(line: Line) -> None:
    line.wait_for_modem("signal")
    line.patriot.dial(NUMBER)
    line.modem.wait_for_alerting(0)
    line.patriot.hang_up()
    line.wait_for_call(None)
    metrics = Metrics(line)
    for name, value in {
        "ready": 1, "modem_ready": 1, "registered": 1, "signal": 20, "signal_dbm": -73, "call_active": 0,
        "patriot_connected": 1, "patriot_link authenticated": 1, "patriot_link disconnected": 0,
        "patriot_connections_total": 1, "calls_total": 1, "calls_ended_total local-hang-up": 1, "refused_dials_total": 0,
        "recoveries_total reopen": 0, "dial_seconds_count": 1, "hang_up_seconds_count": 1,
    }.items():  # fmt: skip
        assert metrics[name] == value, name
    # Told at once: of the dial, of the end, and perhaps of what came between.
    assert metrics["report_seconds_count"] >= 2
    for name in ("dial", "report", "hang_up"):
        assert 0 < metrics[f"{name}_longest_seconds"] <= metrics[f"{name}_seconds_sum"]
    assert metrics["private_bytes"] > 1_000_000
    assert metrics["patriot_last_frame_age_seconds"] >= 0
    # A modem that falls silent, and a Patriot that comes again.
    line.modem.command("silence on")
    line.command("at", "ATI", "--timeout", "1")
    line.daemon.wait_for_line(r"reopening the modem's port", seconds=40)
    line.patriot.kill()
    line.daemon.wait_for_line(r"Patriot is unreachable")
    metrics = Metrics(line)
    assert (metrics["ready"], metrics["patriot_link authenticated"], metrics["patriot_connected"]) == (0, 0, 0)
    assert metrics["recoveries_total resynchronize"] >= 1
    assert metrics["recoveries_total reopen"] >= 1


def test_the_socket_is_the_groups_and_goes_with_the_line(line: Line) -> None:
    mode = line.socket_path.stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    line.daemon.terminate()
    assert not line.socket_path.exists()


def test_another_user_is_not_let_in(line: Line) -> None:
    for directory in (line.socket_path.parent, *line.socket_path.parents[1:3]):
        os.chmod(directory, 0o755)
    outcome = subprocess.run(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", BINARY, "status", "--socket", line.socket_path],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if outcome.returncode == 126 or outcome.returncode == 127:
        pytest.fail(f"the other user cannot run {BINARY}: {outcome.stderr}")
    assert outcome.returncode == 67
    assert "permission denied" in outcome.stderr


LINES_OF_OTHERS = """
mount -t tmpfs none /run
mkdir /run/patriot-dialler
chmod 755 /run /run/patriot-dialler
mkdir -m "$1" /run/patriot-dialler/line1
shift
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
"""


@pytest.mark.parametrize(
    ("mode", "words"),
    [("750", "Permission denied: use sudo, or "), ("755", "No line is running on this machine: ")],
)
def test_who_may_not_look_is_not_told_that_there_is_nothing(mode: str, words: str) -> None:
    command: list[str | Path] = ["unshare", "--mount", "sh", "-ec", LINES_OF_OTHERS, "sh", mode, BINARY, "status"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (outcome.returncode, outcome.stderr[: len(words)]) == (67, words)


def test_what_a_dead_line_left_is_replaced_and_a_living_one_is_not(bench: Bench) -> None:
    line = Line(bench)
    line.daemon.kill()
    assert line.socket_path.exists()
    settings: dict[str, str | Path | None] = {
        "MODEM_PROFILE": "huawei",
        "RUNTIME_DIRECTORY": line.socket_path.parent,
    }
    # What a killed process leaves on a pseudo-terminal whose other side lives.
    line.modem.command("unplug")
    line.modem.command("replug")
    second = bench.ready_daemon(line.patriot, **settings)
    assert line.command("status", "--socket", str(line.socket_path)) is not None
    third = bench.daemon(line.patriot.port, **settings)
    third.wait_for_line(rf"line is already run by patriot-dialler \(process {second.pid}\)")
    assert third.exit_code() == 1
    with Client(line.socket_path) as client:
        assert client.hello is not None and client.hello["processID"] == second.pid


def test_patriot_takes_the_modem_from_whoever_has_it(line: Line) -> None:
    with Client(line.socket_path) as holder, Client(line.socket_path) as other:
        assert "error" not in holder.ask("lease", take=True)
        assert "(process" in str(other.ask("status")["status"]["lease"])
        assert "has the modem" in str(other.ask("at", command="ATI")["error"])
        assert "has the modem" in str(other.ask("dial", number="5550102")["error"])
        assert holder.ask("at", command="ATI")["result"] == "OK"
        line.patriot.dial(NUMBER)
        line.patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
        assert "Patriot dials" in str(holder.next()["event"]["text"])
        assert "lease" not in other.ask("status")["status"]
        line.patriot.hang_up()
    line.wait_for_call(None)


def test_a_lease_ends_with_its_client(line: Line) -> None:
    with Client(line.socket_path) as holder:
        assert "error" not in holder.ask("lease", take=True)
    line.daemon.wait_for_line(r"released the modem")
    with Client(line.socket_path) as other:
        assert "error" not in other.ask("lease", take=True)


def test_numbers_are_masked_for_clients_too(line: Line) -> None:
    with Client(line.socket_path) as watcher:
        watcher.ask("watch")
        line.patriot.dial("5550123456")
        line.patriot.wait_for_status(active=True, outbound=True, caller_id="5550123456")
        # A hang-up before the modem was told leaves nothing to tell of.
        line.modem.wait_for_alerting(0)
        line.patriot.hang_up()
        line.patriot.wait_for_status(active=False)
        line.wait_for_call(None)
        said: list[str] = []
        # The end of the call is the last thing that is told.
        while not any('"lastCall"' in text for text in said):
            said.append(json.dumps(watcher.next(), ensure_ascii=False))
    assert any("ATD…456;" in text for text in said)
    assert not any("5550123456" in text for text in said)
    assert "5550123456" not in line.command("status").stdout


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello\n", "one JSON object"),
        (b'{"version":9,"request":"status"}\n', "version 1 of the protocol"),
        (b'{"request":"reboot"}\n', "no request reboot"),
        (b"\xff\xfe\x00\n", "one JSON object"),
    ],
)
def test_a_bad_request_is_answered_and_the_next_is_served(line: Line, data: bytes, words: str) -> None:
    with Client(line.socket_path) as client:
        client.send(data)
        assert words in str(client.next()["reply"]["error"])
        assert client.ask("status")["status"]


def call_goes_on(line: Line) -> None:
    """A whole call by Patriot, within the limits of every other test."""
    line.patriot.dial(NUMBER)
    line.patriot.wait_for_status(active=True, outbound=True, caller_id=NUMBER)
    line.patriot.hang_up()
    line.patriot.wait_for_status(active=False)
    line.wait_for_call(None)


def test_abuse_is_stopped_and_calls_go_on(line: Line) -> None:
    with ExitStack() as clients:
        flood = clients.enter_context(Client(line.socket_path))
        flood.send(b"x" * (LINE_LIMIT + 1))
        assert "closing" in str(flood.next()["reply"]["error"])
        assert flood.is_dropped()
        noise = random.Random(7)
        babbler = clients.enter_context(Client(line.socket_path))
        babbler.send(noise.randbytes(40_000).replace(b"\n", b" ") + b"\n")
        assert "one JSON object" in str(babbler.next()["reply"]["error"])
        # One that asks and never reads: dropped when it has left a quarter of a megabyte, on top of what the kernel holds.
        deaf = clients.enter_context(Client(line.socket_path))
        deaf.ask("watch")
        request = b'{"request":"status"}\n'
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(200_000):
                deaf.send(request)
        line.daemon.wait_for_line(r"disconnected .*: not reading")
        call_goes_on(line)


def test_a_hundred_clients_are_served_and_no_more(line: Line) -> None:
    with ExitStack() as clients:
        crowd = [clients.enter_context(Client(line.socket_path)) for _ in range(CLIENT_LIMIT)]
        for client in crowd:
            client.ask("watch")
        surplus = socket.socket(socket.AF_UNIX)
        clients.enter_context(surplus)
        surplus.settimeout(20)
        surplus.connect(str(line.socket_path))
        assert b"too many clients" in surplus.makefile("rb").readline()
        line.patriot.dial(NUMBER)
        line.patriot.wait_for_status(active=True, outbound=True, caller_id=NUMBER)
        for client in crowd:
            while "call" not in (client.next().get("event", {}).get("status") or {}):
                pass
        line.patriot.hang_up()
        line.patriot.wait_for_status(active=False)
