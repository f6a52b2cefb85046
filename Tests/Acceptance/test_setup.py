"""`setup`: what a technician is asked, what is written, and that it dials; on a terminal and by flags alone."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest

from bench import Bench
from harness import API_KEY, BINARY, READY, ChildProcess
from patriot_client import PatriotClient, free_port
from patriot_server import PatriotServer, is_status
from technician import PIN, contents, settings, setup, sit_down

NUMBER = "5550123"

# The questions in their order, each with a wrong answer and what is said to it.
QUESTIONS = [
    ("Name of the line", "a b", "is no name for a line"),
    ("Who connects", "3", "Answer 1 or 2"),
    ("Which modem", "ttyUSB0", "write for example /dev/ttyUSB0"),
    ("Patriot's name in its certificate", "wss://patriot", "without wss://"),
    ("Patriot's port", "99999", "1 to 65535"),
    ("Address of Patriot's PC", "not an address", "is not a host name"),
    ("Patriot's API key", "", "An answer is required"),
    ("The SIM's PIN", "12", "4 to 8 digits"),
    ("country code", "+61", "without +"),
    ("Prefix for an outside line", "nine", "is not a prefix"),
    ("Trust this key from now on?", "perhaps", "Answer y or n"),
    ("Write it?", "perhaps", "Answer y or n"),
]


def answers(bench: Bench, patriot: PatriotServer) -> list[str]:
    """The right answers to `QUESTIONS`."""
    return ["", "", str(bench.modem_link), "", str(patriot.port), "127.0.0.1", API_KEY, "", "61", "0,", "y", "y"]


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


def test_answers_to_questions_become_a_line_that_dials(bench: Bench, folder: Path) -> None:
    patriot, _ = bench.patriot(), bench.simulated_modem("generic-gsm")
    terminal = sit_down(bench, folder)
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
    assert modes == {"line1.conf": 0o640, "line1.key": 0o600}
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


def test_a_wrong_answer_is_asked_again(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    terminal = sit_down(bench, folder)
    for (question, wrong, remark), answer in zip(QUESTIONS, answers(bench, patriot), strict=True):
        terminal.answer(question, wrong)
        terminal.wait_for(remark)
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert settings(folder)["PATRIOT_PINS"] == bench.identity.pin


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "end of file"])
@pytest.mark.parametrize("stop", range(len(QUESTIONS)), ids=[question for question, _, _ in QUESTIONS])
def test_who_leaves_at_a_question_leaves_nothing_behind(bench: Bench, folder: Path, stop: int, keys: str) -> None:
    patriot = bench.patriot()
    (folder / "line9.conf").write_text("PATRIOT_ADDRESS=192.0.2.9\n")
    before = contents(folder)
    terminal = sit_down(bench, folder)
    for (question, _, _), answer in list(zip(QUESTIONS, answers(bench, patriot), strict=True))[:stop]:
        terminal.answer(question, answer)
    terminal.wait_for(QUESTIONS[stop][0])
    terminal.wait_for(": " if stop < len(QUESTIONS) - 2 else "] ")
    terminal.type(keys)
    assert terminal.exit_code() != 0
    assert contents(folder) == before
    assert terminal.is_echoing


def test_a_line_that_exists_is_changed_and_keeps_what_was_not_asked(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    before = f"# night shift\nPATRIOT_PINS={bench.identity.pin}\nPATRIOT_PORT={patriot.port}\nPATRIOT_ADDRESS=127.0.0.1\n"
    before += "DIAL_PREFIX=9\nINCOMING=ignore\nMODEM_DEVICE=/dev/ttyS9\n"
    (folder / "line1.conf").write_text(before)
    (folder / "line1.key").write_text(API_KEY + "\n")
    (folder / "line1.key").chmod(0o600)
    terminal = sit_down(bench, folder)
    terminal.answer("there: line1) [line2]: ", "-")
    terminal.answer("[line2]: ", "line1")
    terminal.answer("Who connects (1 or 2) [1]: ", "")
    terminal.answer("[/dev/ttyS9]: ", "/dev/ttyS8")
    for question in (
        "certificate",
        "WebSocketServerPort",
        "[127.0.0.1]",
        "keeps the one that is there",
        "PIN",
        "country code",
    ):
        terminal.answer(question, "")
    terminal.answer("Enter if none [9]: ", "-")
    terminal.wait_for("It is trusted, by the pin of its key.")
    terminal.answer("Write it?", "")
    assert terminal.exit_code() == 0
    key = f"# The file with Patriot's API key.\nPATRIOT_API_KEY_FILE={folder}/line1.key\n"
    assert (folder / "line1.conf").read_text() == before.replace("ttyS9", "ttyS8").replace("DIAL_PREFIX=9\n", "") + key
    assert (folder / "line1.conf.bak").read_text() == before
    assert sorted(contents(folder)) == ["line1.conf", "line1.conf.bak", "line1.key"]


def test_a_patriot_that_is_off_can_come_later(bench: Bench, folder: Path) -> None:
    patriot, gone = bench.patriot(), bench.patriot()
    gone.kill()
    terminal = sit_down(bench, folder, "--port", str(gone.port), "--modem", "/dev/ttyS9", "--country-code", "", "--prefix", "")
    for question, answer in (("Name", ""), ("certificate", ""), ("PC", "127.0.0.1"), ("API key", API_KEY), ("PIN", "")):
        terminal.answer(question, answer)
    terminal.answer("or later [later]: ", "again")
    terminal.answer("or later [later]: ", f"127.0.0.1:{patriot.port}")
    terminal.answer("Trust this key from now on?", "n")
    terminal.wait_for(f"patriot-dialler trust --config {folder}/line1.conf")
    terminal.answer("Write it?", "")
    assert terminal.exit_code() == 0
    assert settings(folder)["PATRIOT_ADDRESS"] == f"127.0.0.1:{patriot.port}"
    assert "PATRIOT_PINS" not in settings(folder)


def test_answers_may_be_typed_ahead(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder, "--trust-pin", PIN)
    # All at once, as when they are pasted: what is silent and what is not.
    terminal.type("\n".join(["", "/dev/ttyS9", "", "9010", "192.0.2.7", API_KEY, "1234", "", "9", "", ""]))
    assert terminal.exit_code() == 0
    assert settings(folder) == {
        "PATRIOT_PORT": "9010",
        "PATRIOT_ADDRESS": "192.0.2.7",
        "PATRIOT_API_KEY_FILE": f"{folder}/line1.key",
        "PATRIOT_PINS": PIN,
        "MODEM_DEVICE": "/dev/ttyS9",
        "SIM_PIN_FILE": f"{folder}/line1.pin",
        "DIAL_PREFIX": "9",
    }
    assert (folder / "line1.key").read_text() == API_KEY + "\n"


def test_who_takes_the_defaults_is_asked_for_the_key_alone(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder, "--yes")
    terminal.wait_for("Patriot's API key")
    assert terminal.text.count("\n") == 0
    terminal.type(f"{API_KEY}x\x7f\n")  # the last letter is taken back
    assert terminal.exit_code() == 0
    assert (folder / "line1.key").read_text() == API_KEY + "\n"
    assert settings(folder) == {"PATRIOT_API_KEY_FILE": f"{folder}/line1.key"}


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
    assert setup(folder, "--yes", "--line", "line1", "--api-key-file", "-", typed="two\nlines\n").returncode == 2
    # Which line is meant has to be said once there is one.
    flags = ("--yes", "--modem", "usb:2c7c:0125", "--api-key-file", "-")
    outcome = setup(folder, *flags, typed="other")
    assert outcome.returncode == 2 and "--line NAME" in outcome.stderr and "line1" in outcome.stderr
    assert not (folder / "line2.conf").exists()
    assert setup(folder, *flags, "--line", "line2", typed="other").returncode == 0
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


def test_a_second_time_changes_nothing(folder: Path) -> None:
    flags = ("--yes", "--line", "line1", "--address", "127.0.0.1", "--port", str(free_port()), "--api-key-file", "-", "--trust-pin", PIN)

    def ask(*more: str, key: str = API_KEY) -> dict[str, object]:
        outcome = setup(folder, *flags, "--json", *more, typed=key)
        assert outcome.returncode == 0, outcome.stderr
        return json.loads(outcome.stdout)  # type: ignore[no-any-return]

    key, configuration = str(folder / "line1.key"), str(folder / "line1.conf")
    whole = {"line": "line1", "changed": True, "written": [key, configuration], "started": False}
    nothing = {"line": "line1", "changed": False, "written": [], "started": False}
    assert ask("--check") == whole
    assert contents(folder) == {}
    assert ask() == whole
    before = contents(folder)
    assert ask() == nothing
    assert ask("--check") == nothing
    # A key is the same however its file ends.
    (folder / "line1.key").write_text(API_KEY)
    assert ask() == nothing
    assert (folder / "line1.key").read_text() == API_KEY
    (folder / "line1.key").write_text(API_KEY + "\n")
    assert ask("--check", "--prefix", "0,") == whole | {"written": [configuration]}
    assert ask("--check", key="another") == whole | {"written": [key]}
    assert contents(folder) == before
    # One that others can read is written again.
    (folder / "line1.key").chmod(0o644)
    assert ask()["written"] == [key]
    assert contents(folder)["line1.key"] == (0o600, API_KEY.encode() + b"\n")


def test_what_all_lines_share_is_written_once(folder: Path) -> None:
    shared = f"PATRIOT_ADDRESS=127.0.0.1\nPATRIOT_PORT=1\nPATRIOT_PINS={PIN}\n"
    (folder / "defaults.conf").write_text(shared)
    key = ("--api-key-file", "-")
    assert setup(folder, "--yes", *key, typed=API_KEY).returncode == 0
    assert settings(folder) == {"PATRIOT_API_KEY_FILE": f"{folder}/line1.key"}
    checked = run_program("check-config", "--config", folder / "line1.conf", "--show")
    assert checked.returncode == 0 and PIN in checked.stdout
    assert (folder / "defaults.conf").read_text() == shared
    # What differs is in the line's own file, and the program's own default is an empty value.
    flags = ("--yes", "--line", "line1", *key, "--address", "192.0.2.8", "--port", "9009")
    assert setup(folder, *flags, typed=API_KEY).returncode == 0
    own = {"PATRIOT_API_KEY_FILE": f"{folder}/line1.key", "PATRIOT_ADDRESS": "192.0.2.8", "PATRIOT_PORT": ""}
    assert settings(folder) == own
    before = contents(folder)
    assert setup(folder, "--yes", "--line", "line1", *key, typed=API_KEY).returncode == 0
    assert contents(folder) == before
    # And back to what all lines share.
    flags = ("--yes", "--line", "line1", *key, "--address", "127.0.0.1", "--port", "1")
    assert setup(folder, *flags, typed=API_KEY).returncode == 0
    assert settings(folder) == {"PATRIOT_API_KEY_FILE": f"{folder}/line1.key"}
    assert "is no name for a line" in setup(folder, "--yes", "--line", "defaults", *key, typed=API_KEY).stderr


def test_a_fault_in_what_all_lines_share_is_found_there(folder: Path) -> None:
    (folder / "defaults.conf").write_text("# all lines\nPATRIOT_PORT=x\nPATRIOT_POTR=1\n")
    (folder / "line1.key").write_text(API_KEY + "\n")
    (folder / "line1.key").chmod(0o600)
    (folder / "line1.conf").write_text(f"PATRIOT_API_KEY_FILE={folder}/line1.key\n")
    checked = run_program("check-config", "--config", folder / "line1.conf")
    assert checked.returncode == 1
    assert f"{folder}/defaults.conf:2: PATRIOT_PORT: " in checked.stderr + checked.stdout
    assert f"{folder}/defaults.conf:3: PATRIOT_POTR: " in checked.stderr + checked.stdout
    with (folder / "line1.conf").open("a") as file:
        file.write("PATRIOT_PORT=9010\n")
    checked = run_program("check-config", "--config", folder / "line1.conf")
    assert "PATRIOT_PORT: " not in checked.stderr + checked.stdout


def run_program(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60, check=False)


def test_a_check_finds_what_setup_would_refuse(folder: Path) -> None:
    (folder / "line1.conf").write_text("LOG_LEVEL=loud\n")
    before = contents(folder)
    outcome = setup(folder, "--yes", "--check", "--line", "line1", "--api-key-file", "-", typed=API_KEY)
    assert outcome.returncode == 1 and "LOG_LEVEL" in outcome.stderr
    assert contents(folder) == before


def trial_flags(patriot: PatriotServer) -> tuple[str, ...]:
    return ("--yes", "--address", "127.0.0.1", "--port", str(patriot.port), "--api-key-file", "-", "--line", "line1")


def test_a_new_key_is_tried_before_it_is_written(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    trusted = (*trial_flags(patriot), "--trust-pin", bench.identity.pin)
    refused = setup(folder, *trusted, typed="another key")
    assert refused.returncode == 1
    assert "Patriot refuses this API key: " in refused.stderr and refused.stderr.endswith("Nothing was changed.\n")
    assert "another key" not in refused.stdout + refused.stderr
    assert contents(folder) == {}
    accepted = setup(folder, *trusted, typed=API_KEY)
    assert accepted.returncode == 0 and "Patriot accepts the API key." in accepted.stdout
    # Whether a call is up is not known here.
    assert not [event for event in patriot.events.all() if is_status(event)]
    # One that the line has already may be in use: Patriot could drop the line's own connection for a second one.
    count = len(patriot.events)
    again = setup(folder, *trusted, typed=API_KEY)
    assert again.returncode == 0 and "API key" not in again.stdout
    assert len(patriot.events) == count


def test_a_key_is_tried_by_the_certificate_of_a_file(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    flags = (*trial_flags(patriot), "--trust-certificate", bench.identity.certificate)
    assert "Patriot refuses this API key: " in setup(folder, *flags, typed="another key").stderr
    assert "Patriot accepts the API key." in setup(folder, *flags, typed=API_KEY).stdout


def test_a_key_is_shown_to_nobody_who_is_not_trusted(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    outcome = setup(folder, *trial_flags(patriot), "--trust-pin", PIN, typed=API_KEY)
    assert outcome.returncode == 0
    assert "The API key was not tried: Patriot is not trusted yet." in outcome.stdout
    assert not [event for event in patriot.events.all() if API_KEY in repr(event)]


def test_a_key_that_cannot_be_tried_is_written(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    patriot.kill()
    outcome = setup(folder, *trial_flags(patriot), "--trust-pin", PIN, typed=API_KEY)
    assert outcome.returncode == 0
    assert f"The API key could not be tried: 127.0.0.1:{patriot.port}: connection refused" in outcome.stdout
    assert (folder / "line1.key").read_text() == API_KEY + "\n"


def test_a_key_that_patriot_refuses_is_asked_for_again(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    terminal = sit_down(bench, folder)
    for (question, _, _), answer in zip(QUESTIONS[:-1], answers(bench, patriot)[:-1], strict=True):
        terminal.answer(question, "another key" if "API key" in question else answer)
    terminal.wait_for("Patriot refuses this API key")
    terminal.answer("Enter keeps the refused one): ", "a third key")
    terminal.wait_for("Patriot refuses this API key")
    terminal.answer("Enter keeps the refused one): ", API_KEY)
    terminal.wait_for("Patriot accepts the API key.")
    terminal.answer("Write it?", "y")
    assert terminal.exit_code() == 0
    assert (folder / "line1.key").read_text() == API_KEY + "\n"


def test_a_modem_that_is_not_there(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder)
    terminal.answer("Name of the line", "")
    terminal.answer("Who connects", "")
    terminal.answer("Which modem", "99")
    terminal.wait_for("There is no modem 99")
    terminal.answer("Which modem", "/dev/ttyUSB99")
    terminal.wait_for("/dev/ttyUSB99 does not exist: the line will wait for it.")
    terminal.wait_for("Patriot's name in its certificate")
    outcome = setup(folder, "--yes", "--line", "line1", "--modem", "usb:1234:5678", "--api-key-file", "-", typed=API_KEY)
    assert outcome.returncode == 0
    assert "No modem is usb:1234:5678" in outcome.stdout and "the line will wait for it." in outcome.stdout


def test_each_question_leads_back_to_the_one_before(bench: Bench, folder: Path) -> None:
    patriot = bench.patriot()
    right = answers(bench, patriot)
    terminal = sit_down(bench, folder)
    terminal.answer(QUESTIONS[0][0], "<")
    terminal.wait_for("There is no question before this one.")
    terminal.type(right[0] + "\n")
    for index in range(1, len(QUESTIONS)):
        terminal.answer(QUESTIONS[index][0], "<")
        # The question before; from the last ones, which are no settings, to the last setting.
        before = min(index - 1, 9)
        for later in range(before, index):
            terminal.answer(QUESTIONS[later][0], right[later])
        terminal.answer(QUESTIONS[index][0], right[index])
    assert terminal.exit_code() == 0
    assert API_KEY not in terminal.text
    assert settings(folder)["PATRIOT_PORT"] == str(patriot.port)
    assert settings(folder)["DIAL_PREFIX"] == "0,"
    assert (folder / "line1.key").read_text() == API_KEY + "\n"


def test_who_goes_back_finds_what_was_typed(bench: Bench, folder: Path) -> None:
    terminal = sit_down(bench, folder, "--trust-pin", PIN)
    for question, answer in (("Name", ""), ("Which", "/dev/ttyS9"), ("certificate", ""), ("port", "4711")):
        terminal.answer(question, answer)
    terminal.answer("Address", "192.0.2.7")
    terminal.answer("API key", API_KEY)
    for question in ("PIN", "API key"):
        terminal.answer(question, "<")
    terminal.answer("[192.0.2.7]: ", "<")
    terminal.answer("[4711]: ", "4712")
    terminal.answer("[192.0.2.7]: ", "")
    terminal.answer("[as typed before]: ", "")
    for question in ("PIN", "country code", "outside line", "Write it?"):
        terminal.answer(question, "")
    assert terminal.exit_code() == 0
    assert settings(folder)["PATRIOT_PORT"] == "4712"
    assert settings(folder)["PATRIOT_ADDRESS"] == "192.0.2.7"
    assert (folder / "line1.key").read_text() == API_KEY + "\n"


@pytest.mark.parametrize("width", [40, 80])
def test_texts_fit_the_terminal(bench: Bench, folder: Path, width: int) -> None:
    patriot = bench.patriot()
    terminal = sit_down(bench, folder)
    terminal.set_width(width)
    for (question, _, _), answer in zip(QUESTIONS, answers(bench, patriot), strict=True):
        terminal.answer(question.split()[0], answer)
    assert terminal.exit_code() == 0
    # The certificate and the configuration file are not prose: they are compared and copied.
    prose = re.sub(r"^subject .*?^key's pin [^\n]*\n", "", terminal.text.partition(f"{folder}/line1.conf:")[0], flags=re.M | re.S)
    assert "Thumbprint   " in terminal.text and "Thumbprint   " not in prose
    lines = prose.replace(str(bench.modem_link), "MODEM").splitlines()[1:]
    assert [line for line in lines if len(line.rstrip()) > width] == []


@pytest.mark.parametrize("path", ["/nonexistent", "relative", "/dev/null"])
def test_a_directory_that_cannot_be_used_is_named(path: str) -> None:
    outcome = setup(Path(path), "--yes", "--api-key-file", "-", typed=API_KEY)
    assert outcome.returncode == 1 and path in outcome.stderr


LISTEN_QUESTIONS = [
    "Name of the line",
    "Who connects",
    "Port of this computer",
    "Which modem",
    "Names and addresses",
    "Key that Patriot must show",
    "The SIM's PIN",
    "country code",
    "Prefix for an outside line",
    "Write it?",
]


def expect_patriot_gets_in(bench: Bench, folder: Path, port: int, text: str) -> None:
    """Connects with nothing but what was printed: the URL, the JSON and the certificate."""
    values = {
        name: html.unescape(value)
        for name, value in re.findall(r"^  (WebSocketClient\w+|DiallerType) +(\S.*?)\r?$", text, re.MULTILINE)
    }
    assert values["DiallerType"] == "WebsocketClient"
    assert values["WebSocketClientDiallerUrl"] == f"wss://localhost:{port}/dialler"
    daemon = run_line(bench, folder)
    daemon.wait_for_line("waiting for Patriot on")
    patriot = PatriotClient(port, certificate=folder / "line1.tls.pem", server_name="localhost")
    bench.closing.callback(patriot.close)
    patriot.introduce(json.loads(values["WebSocketClientDiallerConfig"]))
    patriot.expect_admission()
    patriot.expect_status(active=False)


def test_a_line_that_patriot_connects_to_is_set_up_by_questions(bench: Bench, folder: Path) -> None:
    bench.simulated_modem("generic-gsm")
    port = free_port()
    terminal = sit_down(bench, folder)
    typed = ["", "2", str(port), str(bench.modem_link), "localhost 127.0.0.1", "", "", "", "", "y"]
    for question, answer in zip(LISTEN_QUESTIONS, typed, strict=True):
        terminal.answer(question, answer)
    assert terminal.exit_code() == 0
    assert settings(folder) == {
        "PATRIOT_LISTEN": str(port),
        "PATRIOT_API_KEY_FILE": str(folder / "line1.key"),
        "MODEM_DEVICE": str(bench.modem_link),
    }
    modes = {name: mode for name, (mode, _) in contents(folder).items()}
    assert modes == {"line1.conf": 0o640, "line1.key": 0o600, "line1.tls.key": 0o600, "line1.tls.pem": 0o644}
    assert "PRIVATE KEY" not in terminal.text
    expect_patriot_gets_in(bench, folder, port, terminal.text)


def test_a_line_that_patriot_connects_to_is_set_up_by_flags_and_again(bench: Bench, folder: Path) -> None:
    bench.simulated_modem("generic-gsm")
    port = free_port()
    key = bench.directory / "key.txt"
    key.write_text("a\"b&c<d>'e\n")
    flags = ["--yes", "--modem", bench.modem_link, "--listen", str(port), "--name", "localhost"]
    outcome = setup(folder, *flags, "--api-key-file", key)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "&quot;a\\&quot;b&amp;c&lt;d&gt;&apos;e&quot;" in outcome.stdout
    before = contents(folder)
    # Once more with nothing new: key, certificate and private key stay.
    for same in (["--yes"], flags):
        again = setup(folder, *same, "--line", "line1")
        assert (again.returncode, again.stderr) == (0, "")
        assert contents(folder) == before
    # And the other way round: what belongs to this way is gone.
    other = setup(folder, "--yes", "--line", "line1", "--address", "127.0.0.1", "--trust-pin", PIN)
    assert (other.returncode, other.stderr) == (0, "")
    assert "PATRIOT_LISTEN" not in settings(folder)
    assert settings(folder)["PATRIOT_ADDRESS"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--listen", "x"], "--listen"),
        (["--listen", "9010", "--address", "192.0.2.7"], "--listen"),
        (["--name", "a"], "--name needs --listen"),
        (["--listen", "9010", "--name", "192.0.2"], "neither a host name nor an IP address"),
    ],
)
def test_flags_of_both_ways_contradict_each_other(folder: Path, flags: list[str], message: str) -> None:
    outcome = setup(folder, "--yes", *flags)
    assert outcome.returncode == 2
    assert message in outcome.stderr
    assert list(folder.iterdir()) == []
