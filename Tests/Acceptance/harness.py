"""The processes under test: the daemon and the simulated modem, both from the built binary."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from events import EventLog

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PATRIOT_DIALLER", REPOSITORY / ".build/debug/patriot-dialler"))
API_KEY = "ABC123DEF456"
# The daemon's log line that says that calls can be made.
READY = r"modem: ready"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Runs in the child: an aborted test run leaves no process behind."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class Footprint:
    """What a process takes of the machine for as long as it runs."""

    descriptors: int
    threads: int
    anonymous_kilobytes: int


class ChildProcess:
    """A child whose output is read line by line, and which is ended by its own process id."""

    def __init__(self, name: str, command: list[str | Path], environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.output: EventLog[str] = EventLog(name)
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            bufsize=1,
            preexec_fn=die_with_parent,
            env=os.environ | (environment or {}),
        )
        self._reader = threading.Thread(target=self._read, name=f"{name} output", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def write_line(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for_line(self, pattern: str, seconds: float = 10, start: int = 0) -> int:
        """The index of the first line at `start` or later in which `pattern` is found."""
        found = re.compile(pattern)
        return self.output.wait_for(lambda line: bool(found.search(line)), f"line /{pattern}/", seconds, start)[0]

    def terminate(self, seconds: float = 10) -> int:
        """SIGTERM; the exit code, which is negative when a signal ended the process."""
        self._process.send_signal(signal.SIGTERM)
        return self.exit_code(seconds)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL: what a crash, the kernel's memory killer or a lost machine looks like."""
        self._process.kill()
        self.exit_code()

    def exit_code(self, seconds: float = 10) -> int:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} (process {self.pid}) did not end within {seconds} s") from None
        self._reader.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return code

    def close(self) -> None:
        """For fixtures: ends what is still running, whatever state the test left it in."""
        try:
            self.terminate(seconds=5)
        except AssertionError:
            self.kill()

    def cpu_seconds(self) -> float:
        """User and system time used so far (proc(5), /proc/PID/stat fields 14 and 15)."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / CLOCK_TICKS

    def private_kilobytes(self) -> int:
        """Memory that belongs to this process alone (proc(5), smaps_rollup)."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+:\s+(\d+) kB$", rollup, re.MULTILINE))

    def footprint(self) -> Footprint:
        descriptors = len(os.listdir(f"/proc/{self.pid}/fd"))
        threads = len(os.listdir(f"/proc/{self.pid}/task"))
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        anonymous = re.search(r"^Anonymous:\s+(\d+) kB$", rollup, re.MULTILINE)
        assert anonymous is not None
        return Footprint(descriptors, threads, int(anonymous[1]))

    def transcript(self) -> str:
        return "\n".join(self.output.all())

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line.rstrip("\n"))


class Daemon(ChildProcess):
    """`patriot-dialler run` with a configuration of its own below `directory`."""

    def __init__(
        self,
        directory: Path,
        settings: dict[str, str | Path],
        api_key: str = API_KEY,
        environment: dict[str, str] | None = None,
        command_prefix: Sequence[str] = (),
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        key_file = _private_file(directory / "api-key", api_key + "\n")
        defaults: dict[str, str | Path] = {
            "PATRIOT_API_KEY_FILE": key_file,
            "STATE_DIRECTORY": directory / "state",
            "RUNTIME_DIRECTORY": directory / "run",
            "LOG_LEVEL": "debug",
        }
        for name in ("state", "run"):
            (directory / name).mkdir(exist_ok=True)
        self.configuration = directory / "line.conf"
        self.configuration.write_text("".join(f"{key}={value}\n" for key, value in (defaults | settings).items()))
        super().__init__("daemon", [*command_prefix, BINARY, "run", "--config", self.configuration], environment)

    def reload(self) -> None:
        """SIGHUP: the configuration is to be read again."""
        self._process.send_signal(signal.SIGHUP)


class SimulatedModem(ChildProcess):
    """`patriot-dialler simulate modem`, steered by its prompt and read by the events it prints.

    A number that is dialled rings until the test says what happens.
    """

    def __init__(self, profile: str, link: Path, *options: str) -> None:
        self.link = link
        command: list[str | Path] = [
            BINARY,
            "simulate",
            "modem",
            "--profile",
            profile,
            "--link",
            link,
            "--reaction",
            "ring",
            *options,
        ]
        super().__init__(f"simulated {profile} modem", command)
        self.wait_for_line(re.escape(str(link)))

    def command(self, text: str) -> int:
        """Types one prompt command; the number of lines printed before, to wait from."""
        position = len(self.output)
        self.write_line(text)
        return position

    def wait_for_alerting(self, start: int) -> None:
        """Until the dialled number rings: from then on it can answer, be busy or reject."""
        self.wait_for_line(r"^line: alerting", start=start)


def _private_file(path: Path, text: str) -> Path:
    """Written with mode 0600 from the first moment on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path
