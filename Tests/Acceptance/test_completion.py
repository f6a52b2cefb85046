"""What the shell offers for the values of options."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness import BINARY, REPOSITORY

# What bash calls when Tab is pressed behind these words; the last one is the one that is being typed.
PRESS_TAB = """
source "$1"; shift
PATH="$1:$PATH"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
_patriot-dialler "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def script(shell: str) -> str:
    command = [BINARY, "--generate-completion-script", shell]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def offered(directory: Path, *words: str) -> list[str]:
    """Where the shell is in that directory."""
    file = directory / "completion"
    file.write_text(script("bash"))
    (directory / "bin").mkdir(exist_ok=True)
    program = directory / "bin/patriot-dialler"
    if not program.is_symlink():
        program.symlink_to(BINARY)
    command: list[str | Path] = ["bash", "-c", PRESS_TAB, "bash", file, directory / "bin", "patriot-dialler", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=directory)
    return [word.strip() for word in answer.stdout.splitlines() if word.strip()]


@pytest.mark.parametrize(
    ("words", "offers"),
    [
        (("calls", "--result", "b"), {"barred", "blacklisted", "busy"}),
        (("check-config", "--modem-profile", "q"), {"quectel"}),
        (("run", "--log-level", "w"), {"warning"}),
        (("simulate", "modem", "--reaction", "no"), {"noanswer"}),
        (("at", "--device", "au"), {"auto"}),
        (("console", "--baud-rate", "1152"), {"115200"}),
    ],
)
def test_words_are_offered(tmp_path: Path, words: tuple[str, ...], offers: set[str]) -> None:
    assert set(offered(tmp_path, *words)) == offers


@pytest.mark.parametrize("command", ["status", "calls", "doctor", "check-config", "trust", "run"])
def test_configuration_files_are_offered(tmp_path: Path, command: str) -> None:
    for name in ("line1.conf", "line1.key", "line2.conf"):
        (tmp_path / name).touch()
    assert set(offered(tmp_path, command, "--config", "line")) == {"line1.conf", "line2.conf"}


def test_every_result_is_offered() -> None:
    names = (REPOSITORY / "Sources/ModemCore/Reports/ReleaseCause+Name.swift").read_text()
    words = re.findall(r': "([a-z-]+?)(?:-\\\(\w+\))?"', names)
    assert len(words) > 35
    assert [word for word in words if f"{word}\n" not in script("bash") and f"'{word}'" not in script("bash")] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_lines_and_devices_are_asked_of_the_program(shell: str) -> None:
    text = script(shell)
    for option in ("--line", "--device", "--modem-device"):
        assert re.search(rf"---completion.*{option}", text), option


@pytest.mark.parametrize("command", ["run", "check-config", "trust", "status", "at", "console", "calls", "doctor"])
def test_a_line_is_named_wherever_a_configuration_is(command: str) -> None:
    text = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "--config <file>" in text and "--line <" in text


def test_a_line_names_its_configuration() -> None:
    command = [BINARY, "check-config", "--line", "line9"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 1
    assert "/etc/patriot-dialler/line9.conf" in answer.stdout
    both = subprocess.run([*command, "--config", "x"], capture_output=True, text=True, timeout=60, check=False)
    assert both.returncode == 2
