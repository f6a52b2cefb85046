"""`setup`: what a technician is asked, what is written, and that it dials; on a terminal and by flags alone."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import Bench
from harness import API_KEY, BINARY, READY, ChildProcess
from mocked_usb import Port, world
from patriot_server import PatriotServer
from terminal import Terminal

NUMBER = "5550123"
PIN = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

# The questions in their order, each with a wrong answer and what is said to it.
QUESTIONS = [
    ("Name of the line", "a b", "is no name for a line"),
    ("Which modem", "ttyUSB0", "write for example /dev/ttyUSB0"),
    ("Patriot's name in its certificate", "wss://patriot", "without wss://"),
    ("Patriot's port", "99999", "1 to 65535"),
    ("Address of Patriot's PC", "not an address", "is not a host name"),
    ("Patriot's API key", "", "There has to be an answer"),
    ("The SIM's PIN", "12", "4 to 8 digits"),
    ("Your country's code", "+61", "without +"),
    ("What comes before an outside number", "nine", "is not a prefix"),
    ("Trust this key from now on?", "perhaps", "Answer y or n"),
    ("Write it?", "perhaps", "Answer y or n"),
]


@pytest.fixture
def folder(bench: Bench) -> Path:
    path = bench.directory / "lines"
    path.mkdir()
    return path


@pytest.fixture
def sit_down(bench: Bench, folder: Path) -> Iterator[Callable[..., Terminal]]:
    """A person who starts `setup` in that folder."""

    def start(*flags: str | Path, before: list[str | Path] | None = None) -> Terminal:
        terminal = Terminal([*(before or []), BINARY, "setup", "--directory", folder, *flags])
        bench.closing.callback(terminal.close)
        bench.evidence.append(("terminal", lambda: terminal.text))
        return terminal

    yield start


def setup(
    folder: Path, *flags: str | Path, typed: str = "", before: list[str | Path] | None = None
) -> subprocess.CompletedProcess[str]:
    """Where nobody can be asked."""
    command = [str(word) for word in (*(before or []), BINARY, "setup", "--directory", folder, *flags)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) for path in folder.iterdir()}


def settings(folder: Path, line: str = "line1") -> dict[str, str]:
    lines = (folder / f"{line}.conf").read_text().splitlines()
    return dict(text.split("=", 1) for text in lines if text and not text.startswith("#"))


def answers(bench: Bench, patriot: PatriotServer) -> list[str]:
    """The right answers to `QUESTIONS`."""
    return ["", str(bench.modem_link), "", str(patriot.port), "127.0.0.1", API_KEY, "", "61", "0,", "y", "y"]


def run_line(bench: Bench, folder: Path) -> ChildProcess:
    state = ["--state-directory", bench.directory, "--runtime-directory", bench.directory]
    daemon = ChildProcess("daemon", [BINARY, "run", "--config", folder / "line1.conf", *state])
    bench.keep(daemon)
    return daemon


def assert_dials(bench: Bench, folder: Path, patriot: PatriotServer) -> None:
    daemon = run_line(bench, folder)
    patriot.expect_authentication()
    patriot.expect_status(active=False)
    daemon.wait_for_line(READY, seconds=30)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)


def test_answers_to_questions_become_a_line_that_dials(
    bench: Bench, folder: Path, sit_down: Callable[..., Terminal]
) -> None:
    patriot, _ = bench.patriot(), bench.simulated_modem("generic-gsm")
    terminal = sit_down()
    for (question, _, _), answer in zip(QUESTIONS, answers(bench, patriot), strict=True):
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert API_KEY not in terminal.text
    assert settings(folder) == {
        "PATRIOT_PORT": str(patriot.port),
        "PATRIOT_ADDRESS": "127.0.0.1",
        "PATRIOT_API_KEY_FILE": str(folder / "line1.key"),
        "PATRIOT_PINS": bench.identity.pin,
        "MODEM_DEVICE": str(bench.modem_link),
        "DIAL_PREFIX": "0,",
        "DIAL_COUNTRY_CODE": "61",
        "DIAL_TRUNK_PREFIX": "0",
        "DIAL_INTERNATIONAL_PREFIX": "0011",
    }
    modes = {name: mode for name, (mode, _) in contents(folder).items()}
    assert modes == {"line1.conf": 0o644, "line1.key": 0o600}
    assert_dials(bench, folder, patriot)


def test_flags_alone_make_a_line_that_dials(bench: Bench, folder: Path) -> None:
    patriot, _ = bench.patriot(), bench.simulated_modem("generic-gsm")
    key = bench.directory / "key.txt"
    key.write_text(API_KEY + "\r\n")
    outcome = setup(
        folder, "--yes", "--modem", bench.modem_link, "--port", str(patriot.port), "--address", "127.0.0.1",
        "--api-key-file", key, "--trust-certificate", bench.identity.certificate,
    )  # fmt: skip
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert settings(folder)["PATRIOT_CA_FILE"] == str(folder / "line1.pem")
    assert (folder / "line1.key").read_text() == API_KEY + "\n"
    assert_dials(bench, folder, patriot)


def test_a_wrong_answer_is_asked_again(bench: Bench, folder: Path, sit_down: Callable[..., Terminal]) -> None:
    patriot = bench.patriot()
    terminal = sit_down()
    for (question, wrong, remark), answer in zip(QUESTIONS, answers(bench, patriot), strict=True):
        terminal.answer(question, wrong)
        terminal.wait_for(remark)
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert settings(folder)["PATRIOT_PINS"] == bench.identity.pin


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "end of file"])
@pytest.mark.parametrize("stop", range(len(QUESTIONS)), ids=[question for question, _, _ in QUESTIONS])
def test_who_leaves_at_a_question_leaves_nothing_behind(
    bench: Bench, folder: Path, sit_down: Callable[..., Terminal], stop: int, keys: str
) -> None:
    patriot = bench.patriot()
    (folder / "line9.conf").write_text("PATRIOT_ADDRESS=192.0.2.9\n")
    before = contents(folder)
    terminal = sit_down()
    for (question, _, _), answer in list(zip(QUESTIONS, answers(bench, patriot), strict=True))[:stop]:
        terminal.answer(question, answer)
    terminal.wait_for(QUESTIONS[stop][0])
    terminal.wait_for(": " if stop < 9 else "] ")
    terminal.type(keys)
    assert terminal.exit_code() != 0
    assert contents(folder) == before
    assert terminal.is_echoing


def test_a_line_that_exists_is_changed_and_keeps_what_was_not_asked(
    bench: Bench, folder: Path, sit_down: Callable[..., Terminal]
) -> None:
    patriot = bench.patriot()
    before = f"# night shift\nPATRIOT_PINS={bench.identity.pin}\nPATRIOT_PORT={patriot.port}\nPATRIOT_ADDRESS=127.0.0.1\n"
    before += "INCOMING=ignore\nMODEM_DEVICE=/dev/ttyS9\n"
    (folder / "line1.conf").write_text(before)
    (folder / "line1.key").write_text(API_KEY + "\n")
    (folder / "line1.key").chmod(0o600)
    terminal = sit_down()
    terminal.answer("there: line1) [line2]: ", "line1")
    terminal.answer("[/dev/ttyS9]: ", "/dev/ttyS8")
    for question in (
        "certificate",
        "WebSocketServerPort",
        "[127.0.0.1]",
        "keeps the one that is there",
        "PIN",
        "country's code",
        "outside number",
    ):
        terminal.answer(question, "")
    terminal.wait_for("It is trusted, by the pin of its key.")
    terminal.answer("Write it?", "")
    assert terminal.exit_code() == 0
    key = f"# The file with Patriot's API key.\nPATRIOT_API_KEY_FILE={folder}/line1.key\n"
    assert (folder / "line1.conf").read_text() == before.replace("ttyS9", "ttyS8") + key
    assert (folder / "line1.conf.bak").read_text() == before
    assert sorted(contents(folder)) == ["line1.conf", "line1.conf.bak", "line1.key"]


def test_a_patriot_that_is_off_can_come_later(bench: Bench, folder: Path, sit_down: Callable[..., Terminal]) -> None:
    patriot, gone = bench.patriot(), bench.patriot()
    gone.kill()
    terminal = sit_down("--port", str(gone.port), "--modem", "/dev/ttyS9", "--country-code", "", "--prefix", "")
    for question, answer in (("Name", ""), ("certificate", ""), ("PC", "127.0.0.1"), ("API key", API_KEY), ("PIN", "")):
        terminal.answer(question, answer)
    terminal.answer("or later [later]: ", "again")
    terminal.answer("or later [later]: ", f"127.0.0.1:{patriot.port}")
    terminal.answer("Trust this key from now on?", "n")
    terminal.wait_for("patriot-dialler trust")
    terminal.answer("Write it?", "")
    assert terminal.exit_code() == 0
    assert settings(folder)["PATRIOT_ADDRESS"] == f"127.0.0.1:{patriot.port}"
    assert "PATRIOT_PINS" not in settings(folder)


def test_flags_that_are_missing_or_wrong_are_named_at_once(folder: Path) -> None:
    outcome = setup(folder, "--port", "70000", "--trust-pin", PIN, "--trust-shown", "--sim-pin-file", "/nonexistent")
    assert outcome.returncode == 2
    for flag in ("--line", "--modem", "--host", "--address", "--api-key-file", "--country-code", "--prefix"):
        assert f"  {flag} " in outcome.stderr, flag
    for fault in ("--port: ", "give one of them", "--sim-pin-file: "):
        assert fault in outcome.stderr
    assert contents(folder) == {}
    outcome = setup(folder, "--yes", "--trust-pin", PIN)
    assert outcome.returncode == 2
    assert [line for line in outcome.stderr.splitlines() if line.startswith("  --")] == ["  --api-key-file FILE"]


def test_the_key_can_come_by_standard_input(folder: Path) -> None:
    assert setup(folder, "--yes", "--api-key-file", "-", "--trust-pin", PIN, typed=API_KEY + "\n").returncode == 0
    assert (folder / "line1.key").read_text() == API_KEY + "\n"
    assert settings(folder) == {"PATRIOT_API_KEY_FILE": str(folder / "line1.key"), "PATRIOT_PINS": PIN}
    assert setup(folder, "--yes", "--api-key-file", "-", typed="two\nlines\n").returncode == 2
    # The next line has a name of its own.
    assert setup(folder, "--yes", "--modem", "usb:2c7c:0125", "--api-key-file", "-", typed="other").returncode == 0
    assert settings(folder, "line2")["MODEM_DEVICE"] == "usb:2c7c:0125"


def test_whoever_answers_is_trusted_if_one_says_so(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    flags = ("--yes", "--address", "127.0.0.1", "--port", str(patriot.port), "--api-key-file", "-", "--trust-shown")
    outcome = setup(folder, *flags, typed=API_KEY)
    assert outcome.returncode == 0 and bench.identity.pin in outcome.stdout
    assert settings(folder)["PATRIOT_PINS"] == bench.identity.pin
    before = contents(folder)
    patriot.kill()
    outcome = setup(folder, *flags, "--line", "line1", typed="another key")
    assert outcome.returncode == 1 and "Nothing was changed." in outcome.stderr
    assert contents(folder) == before


def test_what_cannot_be_used_is_not_written(folder: Path) -> None:
    (folder / "line1.conf").write_text("LOG_LEVEL=loud\nPATRIOT_POTR=1\n")
    before = contents(folder)
    outcome = setup(folder, "--yes", "--line", "line1", "--api-key-file", "-", typed=API_KEY)
    assert outcome.returncode == 1
    assert f"{folder}/line1.conf:1: LOG_LEVEL: " in outcome.stderr and "PATRIOT_POTR" in outcome.stderr
    assert contents(folder) == before


@pytest.mark.parametrize("path", ["/nonexistent", "relative", "/dev/null"])
def test_a_directory_that_cannot_be_used_is_named(path: str) -> None:
    outcome = setup(Path(path), "--yes", "--api-key-file", "-", typed=API_KEY)
    assert outcome.returncode == 1 and path in outcome.stderr


# What is plugged in


def plugged(bench: Bench, *ports: Port) -> list[str | Path]:
    """Before a command: it finds these ports and no others."""
    description = bench.directory / "ports.umockdev"
    description.write_text(world(*ports))
    return ["umockdev-run", "-d", description, "--"]


LEFT = Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1", socket=1)
RIGHT = Port("ttyUSB6", "2c7c", "0125", 2, "option", serial="B2", socket=2)
DESK = Port("ttyACM0", "0572", "1329", 0, "cdc_acm", socket=3)
ADAPTER = Port("ttyUSB9", "0403", "6001", 0, "ftdi_sio", socket=4)
REST = ("--host", "", "--port", "", "--address", "", "--trust-pin", PIN)


def test_the_only_modem_is_the_default(bench: Bench, folder: Path, sit_down: Callable[..., Terminal]) -> None:
    terminal = sit_down(*REST, before=plugged(bench, ADAPTER, LEFT))
    terminal.answer("Name of the line", "")
    terminal.wait_for("  1  /dev/ttyUSB2, Quectel EC25/EG25 (2c7c:0125 interface 02)\n     usb:2c7c:0125:A1\n")
    terminal.wait_for("  2  /dev/ttyUSB9, FTDI adapter (0403:6001 interface 00); not known to be a modem\n")
    terminal.answer("[auto]: ", "")
    # A GSM modem is asked neither for an outside line nor for a country.
    for question, answer in (("API key", API_KEY), ("PIN", "1234"), ("Write it?", "")):
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert "country" not in terminal.text and "1234" not in terminal.text
    assert "MODEM_DEVICE" not in settings(folder)
    assert settings(folder)["SIM_PIN_FILE"] == f"{folder}/line1.pin"
    assert contents(folder)["line1.pin"] == (0o600, b"1234\n")


def test_of_several_modems_one_is_chosen_by_its_number(
    bench: Bench, folder: Path, sit_down: Callable[..., Terminal]
) -> None:
    terminal = sit_down(*REST, before=plugged(bench, LEFT, RIGHT, DESK))
    terminal.answer("Name of the line", "")
    terminal.answer("takes it): ", "")
    terminal.wait_for("There has to be an answer.")
    terminal.answer("takes it): ", "1")
    # An analog modem is not asked for a PIN.
    for question, answer in (
        ("API key", API_KEY),
        ("country's code", "999"),
        ("within the country", ""),
        ("another country", "00"),
        ("outside number", ""),
        ("Write it?", ""),
    ):
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert "PIN" not in terminal.text.replace(PIN, "").replace("PATRIOT_PINS", "")
    assert settings(folder)["MODEM_DEVICE"] == "path:pci-0000:00:14.0-usb-0:3"
    assert settings(folder)["DIAL_COUNTRY_CODE"] == "999"
    assert settings(folder)["DIAL_INTERNATIONAL_PREFIX"] == "00"


def test_the_next_line_gets_the_modem_that_is_free(bench: Bench, folder: Path) -> None:
    (folder / "line1.conf").write_text("MODEM_DEVICE=usb:2c7c:0125:A1\n")
    ports = plugged(bench, LEFT, RIGHT, ADAPTER)
    flags = ("--yes", "--api-key-file", "-", "--trust-pin", PIN)
    assert setup(folder, *flags, typed=API_KEY, before=ports).returncode == 0
    assert settings(folder, "line2")["MODEM_DEVICE"] == "usb:2c7c:0125:B2"
    outcome = setup(folder, *flags, typed=API_KEY, before=ports)
    assert outcome.returncode == 2 and "--modem NAME" in outcome.stderr, "both have their lines"
    # A line that takes any modem can take another line's.
    (folder / "line1.conf").write_text("")
    outcome = setup(folder, *flags, "--line", "line2", typed=API_KEY, before=ports)
    assert outcome.returncode == 0 and "setup --line line1" in outcome.stderr


# Where systemd runs

SYSTEMD = """
set -e
cp -a /etc "$1/etc"
mkdir -p "$1/etc/patriot-dialler" "$1/run/systemd/system"
mount --bind "$1/etc" /etc
mount --bind "$1/run" /run
PATH="$1/bin:$PATH"
shift
exec "$@"
"""

# Keeps what it is asked for; the line says what the test wants it to.
SYSTEMCTL = """#!/bin/sh
echo "$*" >>"{folder}/asked"
case $1 in
show) cat "{folder}/status" ;;
"$(cat "{folder}/failing")") exit 1 ;;
esac
"""


@pytest.fixture
def booted(bench: Bench) -> list[str | Path]:
    """Before a command: systemd runs the machine, and the lines' directory is where it belongs, and empty."""
    (bench.directory / "bin").mkdir()
    program = bench.directory / "bin/systemctl"
    program.write_text(SYSTEMCTL.format(folder=bench.directory))
    program.chmod(0o755)
    (bench.directory / "failing").write_text("nothing\n")
    return ["unshare", "-m", "bash", "-c", SYSTEMD, "booted", bench.directory]


IN_PLACE = Path("/etc/patriot-dialler")
UNIT = "patriot-dialler@line1.service"


def test_the_line_is_enabled_and_waited_for(bench: Bench, booted: list[str | Path]) -> None:
    (bench.directory / "status").write_text("Ready: modem ready, Patriot connected, line free.\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", "--trust-pin", PIN, typed=API_KEY, before=booted)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.endswith("\nReady: modem ready, Patriot connected, line free.\n")
    asked = (bench.directory / "asked").read_text().splitlines()
    assert asked == [f"enable {UNIT}", f"restart {UNIT}", f"show --property=StatusText --value {UNIT}"]
    assert settings(bench.directory / "etc/patriot-dialler")["PATRIOT_API_KEY_FILE"] == "/etc/patriot-dialler/line1.key"


def test_a_line_that_does_not_get_ready_is_left_to_the_doctor(bench: Bench, booted: list[str | Path]) -> None:
    sentence = "Not ready: no modem is open; Patriot connected."
    (bench.directory / "status").write_text(sentence + "\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 1
    assert outcome.stdout.endswith(f"\n{sentence}\nTo see what is missing: sudo patriot-dialler doctor --line line1\n")


def test_a_line_that_cannot_be_started_is_told(bench: Bench, booted: list[str | Path]) -> None:
    (bench.directory / "failing").write_text("restart\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 1 and f"systemctl status {UNIT}" in outcome.stderr


def test_nothing_is_started_if_one_says_so(bench: Bench, booted: list[str | Path]) -> None:
    outcome = setup(IN_PLACE, "--yes", "--no-start", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 0
    assert outcome.stdout.endswith("To start the line: sudo systemctl enable --now patriot-dialler@line1\n")
    assert not (bench.directory / "asked").exists()
