"""`doctor` on lines that were made ill on purpose: its first line names the true cause, and the remedy works."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

# The cases are there once they are imported.
import ailments_machine
import ailments_modem
import ailments_patriot
import ailments_setup
from ailments import CASES, Case, service, whole
from bench import Bench
from clinic import LINE, Clinic
from harness import BINARY, REPOSITORY

# The version of the past is meant.
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")


@pytest.fixture
def clinic(bench: Bench, certificates: Path) -> Clinic:
    return Clinic(bench, certificates)


@pytest.mark.parametrize("make_ill", CASES, ids=lambda function: function.__name__)
def test_the_first_line_names_the_cause_and_its_remedy_works(clinic: Clinic, make_ill: Case) -> None:
    treatment = make_ill(clinic)
    expected = next(treatment)
    first = clinic.first_told()
    assert first is not None and first.id == expected, first
    try:
        treatment.send(first)
    except StopIteration:
        return
    after = clinic.examine()
    assert expected not in after.ids, [finding.cause for finding in after.findings]
    with contextlib.suppress(StopIteration):
        next(treatment)


def test_a_healthy_line_is_fine(clinic: Clinic) -> None:
    whole(clinic)
    assert clinic.first_told() is None
    assert clinic.examine().findings == []


@pytest.mark.parametrize(
    "text",
    [
        "Another Patriot connected with this key", "connected", "Ready: authenticated, HTTP 404",
        "success: certificate trusted, key accepted",
    ],
)  # fmt: skip
def test_what_patriot_writes_turns_no_failed_check_green(clinic: Clinic, text: str) -> None:
    clinic.use_modem()
    clinic.use_patriot().refusal = text
    clinic.write()
    clinic.write_secret(clinic.key, "something else")
    first = clinic.first_told()
    assert first is not None
    assert (first.id, first.severity) == ("patriot.key", "error")
    assert text in first.cause
    assert clinic.examine().ids == ["patriot.key"]
    assert re.search("^  !!  Patriot", clinic.shown(), re.MULTILINE | re.IGNORECASE)


def test_a_healthy_service_is_fine(clinic: Clinic) -> None:
    service(clinic)
    assert clinic.first_told() is None
    assert clinic.examine().findings == []


def test_a_line_run_by_hand_is_not_in_its_own_way(bench: Bench) -> None:
    bench.simulated_modem("huawei")
    daemon = bench.ready_daemon(bench.patriot(), MODEM_PROFILE="huawei")
    command: list[str | Path] = [BINARY, "doctor", "--config", daemon.configuration]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (answer.returncode, answer.stdout.splitlines()[0].split(":")[0]) == (0, "Nothing is wrong"), answer.stdout
    assert "in use by the line" in answer.stdout


def test_which_line_is_meant(clinic: Clinic) -> None:
    service(clinic)
    clinic.write_machine()

    def ask(*words: str, command: str = "doctor") -> subprocess.CompletedProcess[str]:
        call: list[str | Path] = [clinic.tools / "patriot-dialler", command, "--root", clinic.root, *words]
        environment = os.environ | {"PATH": f"{clinic.tools}:{os.environ['PATH']}"}
        return subprocess.run(call, capture_output=True, text=True, env=environment, timeout=60)

    only = ask()
    assert (only.returncode, only.stdout.splitlines()[0]) == (0, f"Nothing is wrong: {LINE} can work.")
    (clinic.folder / "line2.conf").touch()
    several = ask()
    assert several.returncode == 1
    blocks = several.stdout.split("\n\n")
    # The worst comes first, whatever its name; of a line on which nothing is wrong one line is enough.
    assert blocks[0] == "2 lines: 1 not working, 1 working"
    assert blocks[1].startswith("line2 is not working") and "(key.missing)" in several.stdout
    assert blocks[-1] == f"Nothing is wrong: {LINE} can work.\n"
    lines = json.loads(ask("--json").stdout)
    assert [line["line"] for line in lines] == ["line2", LINE] and lines[1]["findings"] == []
    assert "key.missing" in [finding["id"] for finding in lines[0]["findings"]]
    bundle = clinic.root / "bundle.txt"
    gathered = ask("--output", str(bundle), command="support-bundle")
    assert gathered.returncode == 0 and re.search(r"^line1:$", gathered.stdout, re.MULTILINE), gathered
    text = bundle.read_text()
    assert text.count("\n==== doctor\n") == 2 and "to know of line1\n" in text and "to know of line2\n" in text
    assert ask("--line", "line1", "--config", "x").returncode == 2
    for path in clinic.folder.iterdir():
        path.unlink()
    none = ask("--json")
    assert none.returncode == 1
    assert '"id":"config.missing"' in none.stdout and '"remedy":"sudo patriot-dialler setup"' in none.stdout


def test_doctor_neither_dials_nor_enters_the_pin(clinic: Clinic) -> None:
    modem = whole(clinic, modem=("generic-gsm", "--pin", "4711"))
    clinic.write(SIM_PIN_FILE=clinic.write_secret(clinic.folder / "pin", "4711"))
    assert clinic.examine().findings == []
    lines = modem.transcript()
    assert "AT+CPINR" in lines
    assert "AT+CPIN=" not in lines and "ATD" not in lines and "4711" not in lines


def test_problems_of_both_sides_are_told_together(clinic: Clinic) -> None:
    whole(clinic)
    clinic.write(MODEM_DEVICE="/dev/ttyUSB99", PATRIOT_ADDRESS="patriot.invalid")
    clinic.machine["synchronized"] = "no"
    diagnosis = clinic.examine()
    assert diagnosis.ids == ["modem.absent", "patriot.name", "clock.unsynchronized"]
    assert clinic.first_told() == diagnosis.findings[0]


def test_every_finding_that_there_is_has_a_case() -> None:
    """Except for a modem that takes longer than a test should, and a line that Patriot connects to: FindingTests has those."""
    shown = {constant for case in CASES for constant in case.__code__.co_consts}
    source = REPOSITORY / "Sources/Dialler/Diagnostics/Finding.swift"
    ids = set(re.findall(r'^ *case \w+ = "(.+)"$', source.read_text(), re.MULTILINE))
    assert len(ids) > 40
    assert {id for id in ids - shown if not id.startswith("listen.")} == {"modem.slow"}
