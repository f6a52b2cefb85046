"""A line that a test makes ill, on a machine whose systemd is played, and what `doctor` says of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import Bench
from certificates import Certificate
from harness import API_KEY, BINARY, SimulatedModem
from mocked_usb import Port
from patriot_server import PatriotServer
from played_line import PlayedLine

LINE = "line1"
UNIT = f"patriot-dialler@{LINE}.service"
TARGET = "patriot-dialler.target"
RULES = "usr/lib/udev/rules.d/78-patriot-dialler.rules"
READY = "Ready: modem ready, Patriot connected, line free."

# Plays `systemctl`, `timedatectl` and `journalctl`: the state is a JSON file beside them.
PLAYER = """#!{python}
import json, pathlib, sys
place = pathlib.Path(__file__).parent
state = json.loads((place / "state.json").read_text())
name, words = pathlib.Path(sys.argv[0]).name, [word for word in sys.argv[1:] if word != "--now"]
if name == "timedatectl" and words[0] == "show":
    print(state["synchronized"])
elif name == "timedatectl":
    state["synchronized"] = "yes"
elif name == "journalctl":
    print(state["kernel" if "--dmesg" in words else "journal"])
elif words[0] == "show":
    units = [word for word in words[1:] if not word.startswith("-")]
    blocks = [dict(state["units"].get(unit, {{"LoadState": "not-found"}}), Id=unit) for unit in units]
    print("\\n\\n".join("\\n".join(f"{{key}}={{value}}" for key, value in block.items()) for block in blocks))
else:
    change = {{"start": {{"ActiveState": "active", "SubState": "running"}}, "enable": {{"UnitFileState": "enabled"}},
              "unmask": {{"LoadState": "loaded"}}}}
    change["restart"] = change["start"]
    for unit in words[1:]:
        state["units"][unit].update(change[words[0]])
(place / "state.json").write_text(json.dumps(state))
"""


@dataclass
class Finding:
    id: str
    severity: str
    cause: str
    remedy: str


@dataclass
class Diagnosis:
    exit_code: int
    findings: list[Finding]

    @property
    def ids(self) -> list[str]:
        return [finding.id for finding in self.findings]


@dataclass
class Clinic:
    """The line begins healthy; what a test has not touched is healthy."""

    bench: Bench
    certificates: Path
    settings: dict[str, str | Path] = field(default_factory=dict)
    # As a unit of systemd, which runs and says that it is ready; else as a file that `run` is given.
    is_unit: bool = False
    # Before the command: another user, a mount.
    wrapper: list[str | Path] = field(default_factory=list)
    # Whether something answers on the control socket of a running line.
    plays_line: bool = True
    # With these, the only ones there are.
    ports: list[Port] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = self.bench.directory / "root"
        self.tools = self.bench.directory / "bin"
        self.folder = self.root / "etc/patriot-dialler"
        self.state = self.root / f"var/lib/patriot-dialler/{LINE}"
        self.configuration = self.folder / f"{LINE}.conf"
        self.key = self.folder / f"{LINE}.key"
        for folder in (self.folder, self.state, self.tools, (self.root / RULES).parent):
            folder.mkdir(parents=True)
        (self.root / RULES).write_text("# rules\n")
        self.write_secret(self.key, API_KEY)
        self.unit = {
            "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "Result": "success",
            "UnitFileState": "enabled", "StatusText": READY, "MainPID": "1",
        }  # fmt: skip
        self.units = {UNIT: self.unit, TARGET: {"LoadState": "loaded", "UnitFileState": "enabled"}}
        self.machine: dict[str, object] = {
            "units": self.units, "synchronized": "yes", "kernel": "", "journal": "Its last words.",
        }  # fmt: skip
        for name in ("systemctl", "timedatectl", "journalctl"):
            (self.tools / name).write_text(PLAYER.format(python=sys.executable))
            (self.tools / name).chmod(0o755)
        for name, text in {"sudo": 'exec "$@"', "udevadm": "true"}.items():
            (self.tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.tools / name).chmod(0o755)
        (self.tools / "patriot-dialler").symlink_to(BINARY)
        if self.plays_line:
            PlayedLine(self.root / f"run/patriot-dialler/{LINE}/control", lambda: self.unit["StatusText"])

    # The two peers, made when they are first wanted

    def give_state_disk(self, options: str, *, is_full: bool = False) -> None:
        """doctor sees the state directory on a file system of its own with these mount options, filled up or not."""
        fill = f"! yes 2>&- >{self.state}/full && " if is_full else ""
        script = f'mount -t tmpfs -o {options} none {self.state} && {fill}exec "$@"'
        self.wrapper = ["unshare", "--mount", "sh", "-c", script, "sh"]

    def use_modem(self, profile: str = "generic-gsm", *options: str) -> SimulatedModem:
        modem = self.bench.simulated_modem(profile, *options)
        self.settings.setdefault("MODEM_DEVICE", self.bench.modem_link)
        return modem

    def use_patriot(self, identity: Certificate | None = None, **server: str) -> PatriotServer:
        patriot = self.bench.patriot(identity, **server)
        self.lead_to(patriot.port)
        return patriot

    def lead_to(self, port: int) -> None:
        self.settings |= {"PATRIOT_ADDRESS": "127.0.0.1", "PATRIOT_PORT": str(port)}
        if not {"PATRIOT_PINS", "PATRIOT_CA_FILE"} & self.settings.keys():
            self.settings["PATRIOT_PINS"] = self.bench.identity.pin

    # Files

    def write_secret(self, path: Path, text: str) -> Path:
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def write(self, **settings: str | Path | None) -> None:
        """Writes the configuration; a setting that is None is taken out."""
        self.settings |= {key: value for key, value in settings.items() if value is not None}
        self.settings = {key: value for key, value in self.settings.items() if settings.get(key, "") is not None}
        own = {} if self.is_unit else {"PATRIOT_API_KEY_FILE": self.key, "STATE_DIRECTORY": self.state}
        lines = [f"{key}={value}\n" for key, value in (own | self.settings).items()]
        self.configuration.write_text("".join(lines))

    def write_machine(self) -> None:
        (self.tools / "state.json").write_text(json.dumps(self.machine))

    def read_machine(self) -> None:
        self.machine.update(json.loads((self.tools / "state.json").read_text()))

    # Doctor

    def examine(self) -> Diagnosis:
        """As a program asks."""
        answer = self._run("--json")
        assert answer.stdout.startswith("["), answer.stderr
        findings = [Finding(**finding) for finding in json.loads(answer.stdout)]
        has_errors = any(finding.severity == "error" for finding in findings)
        assert answer.returncode == (1 if has_errors else 0)
        return Diagnosis(answer.returncode, findings)

    def first_told(self) -> Finding | None:
        """What a person reads first: the cause in the very first line, then the remedy and the id."""
        answer = self._run()
        lines = answer.stdout.splitlines()
        if lines[0].startswith("Nothing is wrong: "):
            assert answer.returncode == 0
            return None
        told = re.fullmatch(r"\S+ is (not )?working[^:]*: (.*)", lines[0])
        assert told, answer.stdout
        severity = "error" if told[1] else "warning"
        assert answer.returncode == (1 if severity == "error" else 0)
        assert lines[1].startswith("  What to do: ")
        return Finding(lines[2].strip(" ()"), severity, told[2], lines[1].removeprefix("  What to do: "))

    def shown(self) -> str:
        """All that a person reads."""
        return self._run().stdout

    def follow(self, remedy: str, stdin: str = "") -> None:
        """Does what the remedy says, as far as it is a command."""
        command = remedy.replace(" /etc/", f" {self.root}/etc/")
        self.write_machine()
        subprocess.run(["sh", "-ec", command], input=stdin, text=True, env=self._environment, check=True, timeout=60)
        self.read_machine()

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"PATH": f"{self.tools}:{os.environ['PATH']}"}

    def _run(self, *options: str) -> subprocess.CompletedProcess[str]:
        self.write_machine()
        subject = ["--line", LINE] if self.is_unit else ["--config", self._file_of_no_line()]
        command = [*self.wrapper, BINARY, "doctor", "--root", self.root, *subject, *options]
        if self.ports:
            world = json.dumps([asdict(port) for port in self.ports])
            script = Path(__file__).with_name("mocked_usb.py")
            command = ["umockdev-wrapper", sys.executable, script, "--with", world, *command]
        return subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, env=self._environment, timeout=120
        )

    def _file_of_no_line(self) -> Path:
        """The line's own file by a way on which doctor does not know it for one."""
        link = self.bench.directory / "line.conf"
        if not link.is_symlink():
            link.symlink_to(self.configuration)
        return link


def text_of(command: str) -> str:
    """The command behind the last colon of a sentence."""
    return command.rpartition(": ")[2]
