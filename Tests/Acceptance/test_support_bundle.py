"""`support-bundle`: what is in it, what is not, and that nothing keeps it from being written."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from ailments import service, whole
from bench import Bench
from clinic import LINE, UNIT, Clinic
from harness import API_KEY, BINARY, READY, ChildProcess

NUMBER = "5550123456"
PARTS = [
    "versions", "configuration file", "values in force", "service", "modems", "status", "doctor",
    "calls of the last month", "log", "kernel's words on USB", "AT lines",
]  # fmt: skip


class Bundle:
    """What was written, by its parts."""

    def __init__(self, clinic: Clinic, *subject: str | Path, before: Sequence[str | Path] = ()) -> None:
        clinic.write_machine()
        self.path = clinic.bench.directory / "bundle" / "bundle.txt"
        self.path.parent.mkdir(exist_ok=True)
        self.path.parent.chmod(0o777)
        words = [*before, BINARY, "support-bundle", "--root", clinic.root, *subject, "--output", self.path]
        environment = os.environ | {"PATH": f"{clinic.tools}:{os.environ['PATH']}"}
        self.outcome = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, env=environment, timeout=120
        )
        assert self.outcome.returncode == 0, self.outcome.stderr
        self.text = self.path.read_text()
        pieces = re.split(r"^==== (.*)$", self.text, flags=re.MULTILINE)
        self.contents = pieces[0]
        self.parts = {title: text.strip() for title, text in zip(pieces[1::2], pieces[2::2], strict=True)}
        assert list(self.parts) == PARTS

    @property
    def missing(self) -> list[str]:
        """What is not in it; each says why, at the beginning and in the answer, too."""
        missing = [title for title, text in self.parts.items() if text.startswith("Not here: ")]
        for title in PARTS:
            mark = f"  --  {title}: " if title in missing else f"  ok  {title}\n"
            assert mark in self.contents and mark in self.outcome.stdout, mark
        return missing


@pytest.fixture
def clinic(bench: Bench, certificates: Path) -> Clinic:
    return Clinic(bench, certificates, plays_line=False)


@pytest.fixture
def running(clinic: Clinic) -> Clinic:
    """A unit whose process is there, and which has made a call."""
    service(clinic)
    patriot = clinic.use_patriot()
    clinic.write(LOG_NUMBERS="full", MODEM_PROFILE="generic-gsm")
    with clinic.configuration.open("a") as file:
        file.write(f"# The key is {API_KEY}\n")
    run = clinic.root / f"run/patriot-dialler/{LINE}"
    run.mkdir(parents=True)
    directories = [f"STATE_DIRECTORY={clinic.state}", f"RUNTIME_DIRECTORY={run}", f"PATRIOT_API_KEY_FILE={clinic.key}"]
    daemon = ChildProcess("daemon", ["env", *directories, BINARY, "run", "--config", clinic.configuration])
    clinic.bench.keep(daemon)
    daemon.wait_for_line(READY, seconds=30)
    patriot.dial(NUMBER)
    daemon.wait_for_line("call alerting")
    patriot.hang_up()
    daemon.wait_for_line("call ended")
    clinic.machine["journal"] = "\n".join(
        ["Mon 2026-11-23 06:15:13 UTC host patriot-dialler[4711]: " + line for line in daemon.output.all()]
    )
    return clinic


def test_it_has_everything_and_no_secret(running: Clinic) -> None:
    bundle = Bundle(running)
    assert set(bundle.missing) <= {"modems", "kernel's words on USB"}
    assert stat.S_IMODE(bundle.path.stat().st_mode) == 0o600
    expected = {
        "versions": r"^OpenSSL +OpenSSL 3\.",
        "configuration file": r"^\d+: LOG_NUMBERS=full$",
        "values in force": r"^PATRIOT_API_KEY_FILE +\(set\)$",
        "service": r"^ActiveState=active$",
        "status": rf"^{LINE}: Ready: modem ready, Patriot connected, line free\.$",
        "doctor": r"^Nothing is wrong",
        "calls of the last month": r"out +…456 +local-hang-up",
        "log": r"call ended: .* number=…456$",
        "AT lines": r"^\d{4}-\d\d-\d\dT\S+Z → ATD…456;$",
    }
    for title, pattern in expected.items():
        assert re.search(pattern, bundle.parts[title], re.MULTILINE), bundle.parts[title]
    # The configuration shows numbers in full: the journal has them.
    assert NUMBER in str(running.machine["journal"])
    assert NUMBER not in bundle.text
    assert API_KEY not in bundle.text


def test_a_line_that_does_not_run(clinic: Clinic) -> None:
    service(clinic)
    clinic.machine["journal"] = ""
    bundle = Bundle(clinic)
    assert {"status", "AT lines", "log", "calls of the last month"} <= set(bundle.missing)
    assert "no line is running at" in bundle.parts["status"]
    assert f"the journal has nothing of {UNIT}" in bundle.parts["log"]
    assert "there were none" in bundle.parts["calls of the last month"]


def test_a_configuration_that_is_broken(clinic: Clinic) -> None:
    service(clinic)
    with clinic.configuration.open("a") as file:
        file.write("PATRIOT_PORT=none\nPATRIOT_PIN=secret-text\nSIM_PIN_FILE=471100\nmisplaced-key\nbWlzcGxhY2Vk==\n")
        file.write(f"MODEM_INIT=ATE0D{NUMBER};\n")
    bundle = Bundle(clinic)
    assert "PATRIOT_PORT" in bundle.parts["values in force"]
    assert bundle.parts["values in force"].startswith("Not here: it has errors:\n")
    assert ": PATRIOT_PIN=(not shown)\n" in bundle.parts["configuration file"]
    assert ": SIM_PIN_FILE=(not shown)\n" in bundle.parts["configuration file"]
    assert "secret-text" not in bundle.text and "471100" not in bundle.text
    assert "misplaced-key" not in bundle.text and "bWlzcGxhY2Vk" not in bundle.text
    assert NUMBER not in bundle.text
    assert "configuration" in bundle.parts["doctor"]


def test_numbers_in_the_configuration_and_in_the_last_words(clinic: Clinic) -> None:
    service(clinic)
    clinic.unit |= {"ActiveState": "failed", "SubState": "failed", "Result": "exit-code"}
    clinic.write(MODEM_INIT=f'AT+CSCA="{NUMBER}"', MODEM_HANG_UP=f"ATH|AT+X={NUMBER}")
    clinic.machine["journal"] = f"call ended: number={NUMBER}"
    bundle = Bundle(clinic)
    assert 'AT+CSCA="…456"' in bundle.parts["values in force"]
    assert "AT+X=…456" in bundle.parts["values in force"]
    assert "Last log line: call ended: number=…456" in bundle.parts["doctor"]
    assert NUMBER not in bundle.text


def test_a_file_that_belongs_to_no_line(clinic: Clinic) -> None:
    whole(clinic)
    bundle = Bundle(clinic, "--config", clinic.bench.directory / "none.conf")
    assert "does not exist" in bundle.parts["configuration file"]
    link = clinic.bench.directory / "line.conf"
    link.symlink_to(clinic.configuration)
    bundle.path.unlink()
    bundle = Bundle(clinic, "--config", link)
    assert "belongs to no line" in bundle.parts["log"]
    assert bundle.parts["doctor"].startswith("Nothing is wrong")


def test_no_line_at_all(clinic: Clinic) -> None:
    bundle = Bundle(clinic)
    assert "versions" not in bundle.missing and "doctor" not in bundle.missing
    assert "no line is set up" in bundle.parts["status"]


def test_a_user_who_may_not_look(running: Clinic) -> None:
    """Everything that this user may not read says so."""
    for directory in (running.bench.directory, running.root, running.tools):
        directory.chmod(0o755)
    running.configuration.chmod(0o600)
    running.state.chmod(0o700)
    running.write_machine()
    other = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    bundle = Bundle(running, "--line", LINE, before=other)
    assert "may not be read by this user" in bundle.parts["configuration file"]
    assert "permission denied" in bundle.parts["status"]
    assert "calls of the last month" in bundle.missing
    assert "versions" not in bundle.missing


def test_a_file_is_never_written_over(clinic: Clinic) -> None:
    service(clinic)
    bundle = Bundle(clinic)
    command: list[str | Path] = [BINARY, "support-bundle", "--root", clinic.root, "--output", bundle.path]
    again = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert again.returncode == 1
    assert "it is there already: name another file with --output" in again.stderr
    assert bundle.path.read_text() == bundle.text
