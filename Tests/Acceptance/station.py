"""Several lines of one machine, which has an /etc and a /run of its own for the commands that look at them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from bench import Bench
from harness import API_KEY, BINARY, READY, ChildProcess, SimulatedModem
from patriot_server import PatriotServer
from screen import Screen

# Before a command: the machine's places are the station's.
PLACES = """
mount -t tmpfs none /run
mkdir -p /run/patriot-dialler
mount --bind "$1/run" /run/patriot-dialler
mount --bind "$1/etc" /etc
shift
exec "$@"
"""


class Station:
    """Lines are `run` processes; each has its modem and its Patriot, or has none."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.root = bench.directory / "station"
        self.folder = self.root / "etc/patriot-dialler"
        self.runs = self.root / "run"
        self.runs.mkdir(parents=True)
        self.folder.mkdir(parents=True)
        self.lines: dict[str, ChildProcess] = {}
        self.patriots: dict[str, PatriotServer] = {}
        self.modems: dict[str, SimulatedModem] = {}

    def configure(self, name: str, port: int, **settings: str) -> Path:
        key = self.folder / f"{name}.key"
        key.write_text(API_KEY + "\n")
        key.chmod(0o600)
        state = self.root / f"state/{name}"
        state.mkdir(parents=True)
        (self.runs / name).mkdir()
        values = {
            "PATRIOT_ADDRESS": "127.0.0.1", "PATRIOT_PORT": str(port), "PATRIOT_PINS": self.bench.identity.pin,
            "PATRIOT_API_KEY_FILE": str(key), "MODEM_DEVICE": str(self.modem_link(name)), "MODEM_PROFILE": "huawei",
            "STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(self.runs / name),
        } | settings  # fmt: skip
        file = self.folder / f"{name}.conf"
        file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
        return file

    def modem_link(self, name: str) -> Path:
        return self.root / f"{name}.modem"

    def start(self, name: str, has_modem: bool = True, has_patriot: bool = True, **settings: str) -> ChildProcess:
        """Waits until it is as ready as it can be."""
        patriot = self.bench.patriot()
        self.patriots[name] = patriot
        if has_modem:
            modem = SimulatedModem("huawei", self.modem_link(name))
            self.bench.keep(modem)
            self.modems[name] = modem
        self.configure(name, patriot.port, **settings)
        if not has_patriot:
            patriot.kill()
        line = self.run(name)
        line.wait_for_line(READY if has_modem else r"no modem|not found|modem", seconds=30)
        if has_patriot:
            patriot.expect_authentication()
        else:
            line.wait_for_line("Patriot is unreachable", seconds=30)
        return line

    def run(self, name: str) -> ChildProcess:
        """The process of a line that is configured."""
        line = ChildProcess(name, [BINARY, "run", "--config", self.folder / f"{name}.conf"])
        self.bench.keep(line)
        self.lines[name] = line
        return line

    def hang(self, name: str) -> None:
        """The process is stopped as it stands: it accepts, and never answers."""
        process = self.lines[name]
        process.signal(signal.SIGSTOP)
        self.bench.closing.callback(lambda: process.signal(signal.SIGCONT))

    def words(self, *words: str | Path) -> list[str | Path]:
        return ["unshare", "--mount", "sh", "-ec", PLACES, "sh", self.root, BINARY, *words]

    def command(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*words), capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
        )

    def screen(self, *words: str | Path, columns: int = 80, rows: int = 24, **environment: str) -> Screen:
        screen = Screen(self.words(*words), columns, rows, **environment)
        self.bench.closing.callback(screen.close)
        self.bench.evidence.append(("screen", lambda: "\n".join(screen.display)))
        return screen
