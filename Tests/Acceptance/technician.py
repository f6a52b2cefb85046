"""Someone who sets a line up: at a terminal, or by a script."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

from bench import Bench
from harness import BINARY
from mocked_usb import Port, world
from terminal import Terminal

PIN = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
Words = list[str | Path]


def sit_down(bench: Bench, folder: Path, *flags: str | Path, before: Words | None = None) -> Terminal:
    """`setup` at a terminal.

    - before: what the command is run by.
    """
    terminal = Terminal([*(before or []), BINARY, "setup", "--directory", folder, *flags])
    bench.closing.callback(terminal.close)
    bench.evidence.append(("terminal", lambda: terminal.text))
    return terminal


def setup(
    folder: Path, *flags: str | Path, typed: str = "", before: Words | None = None
) -> subprocess.CompletedProcess[str]:
    """Where nobody can be asked."""
    command = [str(word) for word in (*(before or []), BINARY, "setup", "--directory", folder, *flags)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) for path in folder.iterdir()}


def settings(folder: Path, line: str = "line1") -> dict[str, str]:
    lines = (folder / f"{line}.conf").read_text().splitlines()
    return dict(text.split("=", 1) for text in lines if text and not text.startswith("#"))


def plugged(bench: Bench, *ports: Port) -> Words:
    """Before a command: it finds these ports and no others."""
    description = bench.directory / "ports.umockdev"
    description.write_text(world(*ports))
    return ["umockdev-run", "-d", description, "--"]
