"""`setup` with modems that are plugged in, and where systemd runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench import Bench
from harness import API_KEY, BINARY
from mocked_usb import Port
from technician import PIN, Words, contents, plugged, settings, setup, sit_down


# What is plugged in


LEFT = Port("ttyUSB2", "2c7c", "0125", 2, "option", serial="A1", socket=1)
RIGHT = Port("ttyUSB6", "2c7c", "0125", 2, "option", serial="B2", socket=2)
DESK = Port("ttyACM0", "0572", "1329", 0, "cdc_acm", socket=3)
ADAPTER = Port("ttyUSB9", "0403", "6001", 0, "ftdi_sio", socket=4)
REST = ("--host", "", "--port", "", "--address", "", "--trust-pin", PIN)


def test_the_only_modem_is_the_default(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder, *REST, before=plugged(bench, ADAPTER, LEFT))
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


def test_of_several_modems_one_is_chosen_by_its_number(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder, *REST, before=plugged(bench, LEFT, RIGHT, DESK))
    terminal.answer("Name of the line", "")
    terminal.answer("takes it): ", "")
    terminal.wait_for("An answer is required.")
    terminal.answer("takes it): ", "1")
    # An analog modem is not asked for a PIN.
    for question, answer in (
        ("API key", API_KEY),
        ("country code", "999"),
        ("within the country", ""),
        ("another country", "00"),
        ("outside line", ""),
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
    assert setup(folder, *flags, "--line", "line2", typed=API_KEY, before=ports).returncode == 0
    assert settings(folder, "line2")["MODEM_DEVICE"] == "usb:2c7c:0125:B2"
    outcome = setup(folder, *flags, "--line", "line3", typed=API_KEY, before=ports)
    assert outcome.returncode == 2 and "--modem NAME" in outcome.stderr, "both have their lines"
    # A line that takes any modem can take another line's.
    (folder / "line1.conf").write_text("")
    outcome = setup(folder, *flags, "--line", "line2", typed=API_KEY, before=ports)
    assert outcome.returncode == 0 and "setup --line line1" in outcome.stderr


# Where there is no room

FULL = """
mount -t tmpfs -o nr_inodes="$1" tmpfs "$2"
cd "$2"
shift 2
"$@"
code=$?
echo "left behind: $(ls -A)"
exit $code
"""


@pytest.mark.parametrize("files", range(3))
def test_without_room_for_all_files_there_is_none(folder: Path, files: int) -> None:
    # The folder itself is one more.
    before: Words = ["unshare", "-m", "bash", "-c", FULL, "full", str(files + 1), folder]
    outcome = setup(folder, "--yes", "--api-key-file", "-", typed=API_KEY, before=before)
    if files < 2:
        assert outcome.returncode == 1
        assert "No space left on device" in outcome.stderr and "Nothing was changed." in outcome.stderr
        assert outcome.stdout.endswith("\nleft behind: \n")
    else:
        assert outcome.returncode == 0
        assert outcome.stdout.endswith("left behind: line1.conf\nline1.key\n")


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
def booted(bench: Bench) -> Words:
    """Before a command: systemd runs the machine, and the lines' directory is where it belongs, and empty."""
    (bench.directory / "bin").mkdir()
    program = bench.directory / "bin/systemctl"
    program.write_text(SYSTEMCTL.format(folder=bench.directory))
    program.chmod(0o755)
    (bench.directory / "failing").write_text("nothing\n")
    return ["unshare", "-m", "bash", "-c", SYSTEMD, "booted", bench.directory]


IN_PLACE = Path("/etc/patriot-dialler")
UNIT = "patriot-dialler@line1.service"


def test_the_line_is_enabled_and_waited_for(bench: Bench, booted: Words) -> None:
    (bench.directory / "status").write_text("Ready: modem ready, Patriot connected, line free.\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", "--trust-pin", PIN, typed=API_KEY, before=booted)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.endswith("\nReady: modem ready, Patriot connected, line free.\n")
    asked = (bench.directory / "asked").read_text().splitlines()
    assert asked == [f"enable {UNIT}", f"restart {UNIT}", f"show --property=StatusText --value {UNIT}"]
    assert settings(bench.directory / "etc/patriot-dialler")["PATRIOT_API_KEY_FILE"] == "/etc/patriot-dialler/line1.key"


def test_a_line_of_which_nothing_changed_is_not_restarted(bench: Bench, booted: Words) -> None:
    (bench.directory / "status").write_text("Ready: modem ready, Patriot connected, line free.\n")

    def asked(*more: str) -> list[str]:
        (bench.directory / "asked").write_text("")
        flags = ("--yes", "--line", "line1", "--api-key-file", "-", "--trust-pin", PIN, *more)
        outcome = setup(IN_PLACE, *flags, typed=API_KEY, before=booted)
        assert (outcome.returncode, outcome.stderr) == (0, "")
        return [line for line in (bench.directory / "asked").read_text().splitlines() if not line.startswith("show ")]

    assert asked() == [f"enable {UNIT}", f"restart {UNIT}"]
    assert asked() == [f"is-enabled {UNIT}", f"is-active {UNIT}"]
    assert asked("--prefix", "9") == [f"enable {UNIT}", f"reload-or-restart {UNIT}"]
    (bench.directory / "failing").write_text("is-active\n")
    assert asked("--prefix", "9") == [f"is-enabled {UNIT}", f"is-active {UNIT}", f"enable {UNIT}", f"start {UNIT}"]


def test_a_line_that_does_not_get_ready_is_left_to_the_doctor(bench: Bench, booted: Words) -> None:
    sentence = "Not ready: no modem is open; Patriot connected."
    (bench.directory / "status").write_text(sentence + "\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 1
    assert outcome.stdout.endswith(f"\n{sentence}\nTo see what is missing: sudo patriot-dialler doctor --line line1\n")


def test_a_line_that_cannot_be_started_is_told(bench: Bench, booted: Words) -> None:
    (bench.directory / "failing").write_text("restart\n")
    outcome = setup(IN_PLACE, "--yes", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 1 and f"systemctl status {UNIT}" in outcome.stderr


def test_a_line_made_by_hand_is_one_for_every_command(bench: Bench, booted: Words) -> None:
    subprocess.run([*booted, "true"], check=True, timeout=60)
    folder = bench.directory / "etc/patriot-dialler"
    (folder / "line1.conf").write_text("PATRIOT_ADDRESS=127.0.0.1\nPATRIOT_PORT=1\n")
    # As the unit makes a credential of it.
    (folder / "line1.key").write_text(API_KEY + "\n")
    (folder / "line1.key").chmod(0o600)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command: Words = [*booted, "sh", "-c", 'cd /etc/patriot-dialler && exec "$@"', "sh", BINARY, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    for file in ("/etc/patriot-dialler/line1.conf", "line1.conf"):
        checked = run("check-config", "--config", file)
        assert (checked.returncode, checked.stdout) == (0, "The configuration is fine.\n")
        trusted = run("trust", "--config", file)
        assert trusted.returncode == 1
        assert "connection refused" in trusted.stderr and "API key" not in trusted.stderr


def test_a_new_pin_is_tried_though_the_last_one_failed(bench: Bench, booted: Words) -> None:
    (bench.directory / "status").write_text("Ready: modem ready, Patriot connected, line free.\n")
    note = bench.directory / "run/patriot-dialler/line1/sim-pin-new"
    note.parent.mkdir(parents=True)
    pin = bench.directory / "pin"
    flags = ("--yes", "--line", "line1", "--trust-pin", PIN)
    for text, is_forgotten in (("1234", True), ("1234", False), ("4711", True)):
        note.unlink(missing_ok=True)
        pin.write_text(text + "\n")
        outcome = setup(
            IN_PLACE, *flags, "--api-key-file", "-", "--sim-pin-file", pin, typed=API_KEY, before=booted
        )
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert note.exists() == is_forgotten, text


def test_nothing_is_started_if_one_says_so(bench: Bench, booted: Words) -> None:
    outcome = setup(IN_PLACE, "--yes", "--no-start", "--api-key-file", "-", typed=API_KEY, before=booted)
    assert outcome.returncode == 0
    assert outcome.stdout.endswith("To start the line: sudo systemctl enable --now patriot-dialler@line1\n")
    assert not (bench.directory / "asked").exists()
