"""Keys, PINs and phone numbers, looked for in everything that the program lets out.

Each text that comes out of a line with known secrets is searched for them: as they are, and for numbers also with
whatever stands between their digits. A number that LOG_NUMBERS or RECORD_NUMBERS shows in full has to be found, so that
nothing passes because nothing was said.
"""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import Bench
from control_client import Client
from harness import BINARY, ChildProcess, Daemon, SimulatedModem
from patriot_server import PatriotServer

KEY = "Mask-Me-9f3c1b"
PIN = "59317264"
DIALLED = "5550123456"
CALLER = "5550987654"
REFUSED = "*21*5550333444#"
BY_HAND = "5550111222"
TONES = "5550666777"
# Commands that say nothing when all is well.
SILENT = {"dtmf", "dial and hangup"}
NUMBERS = {"dialled": DIALLED, "caller": CALLER, "refused": "5550333444", "by hand": BY_HAND}


class Outputs:
    """What came out, by the way it took."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, way: str, text: str) -> None:
        assert text.strip(), f"nothing came out of {way}"
        self.texts[way] = self.texts.get(way, "") + text

    def run(self, way: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [BINARY, *words]
        outcome = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
        if way not in SILENT:
            self.add(way, outcome.stdout + outcome.stderr)
        return outcome

    def holding(self, secret: str) -> set[str]:
        """The ways that let it out."""
        return {way for way, text in self.texts.items() if secret in text}

    def holding_number(self, number: str) -> set[str]:
        """As `holding`, whatever stands between the digits."""
        pattern = re.compile(r"[ ,;:()/.\-\"\\=+VTS]*".join(number))
        return {way for way, text in self.texts.items() if pattern.search(text)}


class Supervisor:
    """systemd, as the one who is told the state of the line."""

    def __init__(self, path: Path) -> None:
        self.said: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.said.append(self._socket.recv(4096).decode())
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()


def let_everything_out(bench: Bench, **settings: str) -> Outputs:
    """A line through which all kinds of calls and orders go, and everything that anybody can be shown of it."""
    outputs = Outputs()
    supervisor = Supervisor(bench.directory / "notify")
    bench.closing.callback(supervisor.close)
    patriot = bench.patriot(api_key=KEY)
    modem = bench.simulated_modem("huawei", "--pin", PIN)
    key, pin = bench.directory / "key", bench.directory / "pin"
    for path, text in ((key, KEY), (pin, PIN)):
        path.touch(mode=0o600)
        path.write_text(text + "\n")
    daemon = bench.ready_daemon(
        patriot, MODEM_PROFILE="huawei", LOG_LEVEL="trace", PATRIOT_API_KEY_FILE=key, SIM_PIN_FILE=pin, **settings
    )
    directory = daemon.configuration.parent
    place = ("--config", daemon.configuration)
    watch = ChildProcess("status --watch", [BINARY, "status", "--watch", *place])
    watch_json = ChildProcess("status --watch --json", [BINARY, "status", "--watch", "--json", *place])
    for process in (watch, watch_json):
        bench.keep(process)
        process.wait_for_line("Ready")
    with Client(directory / "run/control") as client:
        events = [str(client.ask("watch"))]
        make_calls(patriot, modem, daemon, outputs, place)
        show_everything(outputs, place)
        events.append(str(client.ask("transcript")))
        client.send(b'{"request":"status","id":99}\n')
        while '"id": 99' not in events[-1].replace("'", '"'):
            events.append(str(client.next()))
    outputs.add("events and transcript of the control socket", "\n".join(events))
    for process in (watch, watch_json):
        process.kill()
        outputs.add(process.name, process.transcript())
    outputs.add("command line", Path(f"/proc/{daemon.pid}/cmdline").read_text())
    daemon.terminate()
    outputs.add("log", daemon.transcript())
    outputs.add("records", "".join(path.read_text() for path in (directory / "state").iterdir()))
    outputs.add("systemd", "\n".join(supervisor.said))
    outputs.run("doctor", "doctor", *place)
    outputs.run("doctor --json", "doctor", "--json", *place)
    outputs.run("status without a line", "status", *place)
    return outputs


def make_calls(
    patriot: PatriotServer, modem: SimulatedModem, daemon: Daemon, outputs: Outputs, place: tuple[str, Path]
) -> None:
    """Out, in, by hand, and what is refused."""
    raw = f"{DIALLED[:3]} {DIALLED[3:6]} {DIALLED[6:]}"
    patriot.dial(DIALLED, raw)
    modem.wait_for_alerting(0)
    modem.command("answer")
    daemon.wait_for_line("call active")
    for words in (("dtmf", TONES), ("at", "AT+CLCC"), ("at", "--json", "AT+CLCC"), ("status",), ("status", "--json")):
        outputs.run(" ".join(words[:-1] or words), *words, *place)
    for words in (("dial", BY_HAND), ("at", f"ATD{BY_HAND};"), ("at", f"AT+CPIN={PIN}"), ("at", "AT+CPIN?")):
        outputs.run("refused orders", *words, *place)
    patriot.dial(BY_HAND)
    start = len(daemon.output)
    patriot.hang_up()
    daemon.wait_for_line("call ended", start=start)
    start = len(daemon.output)
    patriot.dial(REFUSED)
    daemon.wait_for_line("service code", start=start)
    patriot.send("dial-request", phoneNo=DIALLED + "x", rawPhoneNo=raw)
    patriot.send("no-such-message", number=DIALLED, apiKey=KEY)
    patriot.send_text('{"type":"dial-request","payload":{"phoneNo":' + DIALLED + "}}")
    start = len(daemon.output)
    modem.command(f"ring {CALLER} {CALLER}")
    daemon.wait_for_line("call incoming", start=start)
    modem.command("hangup")
    daemon.wait_for_line("call ended", start=start)
    start = len(daemon.output)
    outputs.run("dial and hangup", "dial", BY_HAND, *place)
    daemon.wait_for_line("call alerting", start=start)
    outputs.run("status in a call", "status", *place)
    subprocess.run([BINARY, "hangup", *place], timeout=60, check=True)
    daemon.wait_for_line("call ended", start=start)


def show_everything(outputs: Outputs, place: tuple[str, Path]) -> None:
    for words in ("status", "status --json", "status --prometheus", "check-config --show", "modems", "modems --json"):
        command = words.split()
        outputs.run(words, *command, *(() if command[0] == "modems" else place))
    for option in ("--json", "--csv", "--reasons", "--summary"):
        outputs.run(f"calls {option}", "calls", option, *place)
    outputs.run("calls", "calls", *place)
    bundle = place[1].parent / "bundle.txt"
    outputs.run("support-bundle", "support-bundle", "--output", bundle, *place)
    outputs.add("the file of support-bundle", bundle.read_text())


# Each shows numbers in full where that is wanted of it.
LOG_WAYS = {
    "log", "status", "status --json", "status in a call", "status --watch", "status --watch --json", "at", "at --json",
    "events and transcript of the control socket",
}  # fmt: skip
RECORD_WAYS = {"records", "calls", "calls --json", "calls --csv", "calls --reasons"}


@pytest.fixture
def supervised(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(bench.directory / "notify"))
    yield bench


@pytest.mark.parametrize("log", ["masked", "full"])
@pytest.mark.parametrize("records", ["masked", "full"])
def test_nothing_lets_out_what_it_must_not(supervised: Bench, log: str, records: str) -> None:
    outputs = let_everything_out(supervised, LOG_NUMBERS=log, RECORD_NUMBERS=records)
    assert outputs.holding(KEY) == set()
    # The person who typed it reads it; the program does not repeat it.
    assert outputs.holding(PIN) == set()
    assert outputs.holding_number(TONES) == set()
    shown = (LOG_WAYS if log == "full" else set()) | (RECORD_WAYS if records == "full" else set())
    for name, number in NUMBERS.items():
        assert outputs.holding_number(number) <= shown, name
    # In full means in full: so it is known that these texts do tell of the calls.
    assert shown <= outputs.holding_number(DIALLED) | outputs.holding_number(BY_HAND)
    if log == "masked":
        for way in LOG_WAYS:
            assert "…456" in outputs.texts[way] or "…222" in outputs.texts[way], way
    if records == "masked":
        for way in RECORD_WAYS:
            assert "…456" in outputs.texts[way], way
    assert "…456" in outputs.texts["the file of support-bundle"]


def test_a_key_that_patriot_repeats_is_not_repeated(bench: Bench) -> None:
    patriot = bench.patriot(api_key="another key")
    patriot.refusal = f"there is no {KEY}, go away"
    bench.simulated_modem("huawei")
    key = bench.directory / "key"
    key.touch(mode=0o600)
    key.write_text(KEY + "\n")
    daemon = bench.daemon(patriot.port, MODEM_PROFILE="huawei", PATRIOT_API_KEY_FILE=key, LOG_LEVEL="trace")
    daemon.wait_for_line("Patriot refused the API key")
    place = ("--config", daemon.configuration)
    outputs = Outputs()
    for words in ("status", "status --json", "status --prometheus"):
        outputs.run(words, *words.split(), *place)
    assert "there is no (the key), go away" in outputs.texts["status"]
    bundle = bench.directory / "bundle.txt"
    outputs.run("support-bundle", "support-bundle", "--output", bundle, *place)
    outputs.add("bundle", bundle.read_text())
    daemon.terminate()
    outputs.add("log", daemon.transcript())
    outputs.run("doctor", "doctor", *place)
    assert "there is no (the key), go away" in outputs.texts["doctor"]
    assert outputs.holding(KEY) == set()


def test_a_pin_that_is_refused_is_not_told(bench: Bench) -> None:
    modem = bench.simulated_modem("huawei", "--pin", "11223344")
    pin = bench.directory / "pin"
    pin.touch(mode=0o600)
    pin.write_text(PIN + "\n")
    daemon = bench.daemon(1, MODEM_PROFILE="huawei", SIM_PIN_FILE=pin, LOG_LEVEL="trace", LOG_NUMBERS="full")
    daemon.wait_for_line("refused the PIN")
    assert PIN in modem.transcript()
    outputs = Outputs()
    outputs.run("status", "status", "--config", daemon.configuration)
    outputs.run("status --json", "status", "--json", "--config", daemon.configuration)
    with Client(daemon.configuration.parent / "run/control") as client:
        outputs.add("transcript", str(client.ask("transcript")))
    assert "AT+CPIN=" in outputs.texts["transcript"]
    daemon.terminate()
    outputs.add("log", daemon.transcript())
    assert outputs.holding(PIN) == set()


@pytest.mark.parametrize("allowed", ["yes", "no"])
def test_a_pin_in_a_service_code_is_not_told(bench: Bench, allowed: str) -> None:
    patriot = bench.patriot()
    bench.simulated_modem("huawei")
    daemon = bench.ready_daemon(
        patriot, MODEM_PROFILE="huawei", LOG_LEVEL="trace", LOG_NUMBERS="full", RECORD_NUMBERS="full", DIAL_ALLOW_MMI=allowed
    )
    directory = daemon.configuration.parent
    place = ("--config", daemon.configuration)
    outputs = Outputs()
    with Client(directory / "run/control") as client:
        events = [str(client.ask("watch"))]
        for code in (f"**05*12345678*{PIN}*{PIN}#", f"*33*{PIN}*11#"):
            start = len(daemon.output)
            patriot.dial(code)
            daemon.wait_for_line("ATD|service code", start=start)
            subprocess.run([BINARY, "dial", code, *place], capture_output=True, timeout=60, check=False)
            outputs.run("status", "status", *place)
            subprocess.run([BINARY, "hangup", *place], timeout=60, check=True)
        events += [str(client.ask("transcript")), str(client.ask("status"))]
    outputs.add("events", "\n".join(events))
    outputs.run("calls", "calls", *place)
    outputs.run("calls --json", "calls", "--json", *place)
    bundle = bench.directory / "bundle.txt"
    outputs.run("support-bundle", "support-bundle", "--output", bundle, *place)
    outputs.add("bundle", bundle.read_text())
    daemon.terminate()
    outputs.add("log", daemon.transcript())
    outputs.add("records", "".join(path.read_text() for path in (directory / "state").iterdir()))
    assert outputs.holding(PIN) == set()
    assert "05*(hidden)#" in outputs.texts["log"]


def test_a_secret_where_the_name_of_its_file_should_be(bench: Bench) -> None:
    bench.simulated_modem("huawei")
    daemon = bench.daemon(1, PATRIOT_API_KEY_FILE=KEY, SIM_PIN_FILE=PIN)
    assert daemon.exit_code() == 1
    outputs = Outputs()
    outputs.add("run", daemon.transcript())
    place = ("--config", daemon.configuration)
    for words in ("check-config --show", "doctor", "doctor --json"):
        outputs.run(words, *words.split(), *place)
    bundle = bench.directory / "bundle.txt"
    outputs.run("support-bundle", "support-bundle", "--output", bundle, *place)
    outputs.add("bundle", bundle.read_text())
    assert "PATRIOT_API_KEY_FILE: what it says (not shown) is not an absolute path" in outputs.texts["run"]
    assert outputs.holding(KEY) == set()
    assert outputs.holding(PIN) == set()
