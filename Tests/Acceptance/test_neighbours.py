"""What other processes, users and files of the machine do to a line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import Bench
from control_client import Client
from harness import BINARY, Daemon
from patriot_server import PatriotServer
from serial_peers import PtyModem

NOBODY = 65534

# Runs as another user: connects so often, says how often it was let in, and stays until its input ends.
MEMBER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
kept = []
for _ in range(int(sys.argv[2])):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    client.connect(sys.argv[1])
    kept.append((client, client.recv(4096)))
print(sum(b'"hello"' in said for _, said in kept), flush=True)
flood = sys.argv[3].encode()
if flood:
    import threading
    def drain(client):
        try:
            while client.recv(65536): pass
        except OSError: pass
    def fill(client):
        try:
            while True: client.sendall(flood * 100)
        except OSError: pass
    for client, said in kept:
        if b'"hello"' in said:
            client.settimeout(None)
            threading.Thread(target=drain, args=(client,), daemon=True).start()
            threading.Thread(target=fill, args=(client,), daemon=True).start()
sys.stdin.read()
os._exit(0)
"""


class Neighbourhood:
    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.patriot: PatriotServer = bench.patriot()
        self.modem: PtyModem = bench.pty_modem()

    def launch(self) -> Daemon:
        self.daemon = self.bench.ready_daemon(self.patriot)
        return self.daemon

    @property
    def folder(self) -> Path:
        return self.daemon.configuration.parent

    @property
    def control(self) -> Path:
        return self.folder / "run/control"

    def member(self, stack: ExitStack, connections: int, flood: str = "") -> int:
        """Another user's process with so many connections; how many of them were let in."""
        os.chmod(self.bench.directory, 0o755)
        for path in (self.folder, self.folder / "run"):
            os.chmod(path, 0o755)
        os.chmod(self.control, 0o666)
        process = subprocess.Popen(
            [sys.executable, "-c", MEMBER, self.control, str(connections), flood],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(process.wait)
        stack.callback(process.stdout.close)  # type: ignore[union-attr]
        stack.callback(process.stdin.close)  # type: ignore[union-attr]
        return int(process.stdout.readline())  # type: ignore[union-attr]

    def asked(self, request: str) -> float:
        """How long root waits for the reply, in seconds."""
        with Client(self.control) as client:
            began = time.monotonic()
            reply = client.ask(request)
            assert "error" not in reply, reply
            return time.monotonic() - began


@pytest.fixture
def line(bench: Bench) -> Iterator[Neighbourhood]:
    yield Neighbourhood(bench)


def again(configuration: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BINARY, "run", "--config", configuration],
        capture_output=True, text=True, timeout=10, check=False, env=os.environ | (environment or {}),
    )  # fmt: skip


# One process a line


def test_a_second_run_of_a_line_ends_at_once_and_names_the_first(line: Neighbourhood) -> None:
    daemon = line.launch()
    before = len(line.patriot.events)
    second = again(daemon.configuration)
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1, second.stderr
    assert f"(process {daemon.pid})" in second.stderr
    assert len(line.patriot.events) == before, line.patriot.events.all()[before:]
    assert line.patriot.answers_ping()


@pytest.mark.parametrize("shared", ["configuration", "runtime directory"])
def test_a_second_run_is_known_by_either_thing_that_makes_a_line(line: Neighbourhood, shared: str) -> None:
    daemon = line.launch()
    before = len(line.patriot.events)
    text = daemon.configuration.read_text()
    if shared == "configuration":
        lines = [row for row in text.splitlines() if not row.startswith("RUNTIME_DIRECTORY")]
        daemon.configuration.write_text("\n".join(lines) + "\n")
        second = again(daemon.configuration)
    else:
        copy = daemon.configuration.with_name("copy.conf")
        copy.write_text(text)
        second = again(copy)
    assert second.returncode == 1
    assert f"(process {daemon.pid})" in second.stderr
    assert len(line.patriot.events) == before


def test_a_line_runs_again_after_its_process_was_killed(line: Neighbourhood) -> None:
    line.launch().kill()
    process = subprocess.Popen(
        [BINARY, "run", "--config", line.daemon.configuration], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        line.patriot.expect_authentication()
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()  # type: ignore[union-attr]


# The control socket's name


def test_a_file_with_the_name_of_the_control_socket_is_left_alone(line: Neighbourhood) -> None:
    run = line.bench.directory / "daemon-1" / "run"
    run.mkdir(parents=True)
    (run / "control").write_text("somebody's own\n")
    daemon = line.launch()
    daemon.wait_for_line("no control socket")
    assert (run / "control").read_text() == "somebody's own\n"
    logged = len(daemon.output)
    (run / "control").unlink()
    daemon.wait_for_line("the control socket is there", seconds=10, start=logged)
    assert line.asked("status") < 1


# Clients


def test_a_member_with_many_connections_does_not_shut_root_out(line: Neighbourhood) -> None:
    line.launch()
    with ExitStack() as stack:
        assert line.member(stack, 100) == 20
        assert line.asked("status") < 0.1
        assert line.asked("hangup") < 0.1


def test_busy_clients_do_not_delay_root(line: Neighbourhood) -> None:
    line.launch()
    request = json.dumps({"version": 1, "id": 1, "request": "status"}) + "\n"
    with ExitStack() as stack:
        assert line.member(stack, 10, request) == 10
        times = sorted(line.asked("hangup") for _ in range(20))
    print(f"hang-up beside ten busy clients: median {times[10] * 1000:.1f} ms, longest {times[-1] * 1000:.1f} ms")
    assert times[10] < 0.05


def test_a_client_that_only_takes_a_place_is_let_go_and_one_that_watches_is_not(line: Neighbourhood) -> None:
    line.launch()
    with Client(line.control) as idle, Client(line.control) as watching:
        watching.ask("watch")
        idle.socket.settimeout(90)
        assert "no request for 60 s" in str(idle.next())
        assert watching.ask("status")["status"]


# Floods of a peer that proved its key


FLOODS = {
    "pings": None,
    "status requests": json.dumps({"type": "call-status-request"}),
    "unknown messages": json.dumps({"type": "no-such-thing"}),
    "not JSON": "{",
    "refused dials": json.dumps({"type": "dial-request", "payload": {"phoneNo": "abc", "rawPhoneNo": "abc"}}),
}


def kept(line: Neighbourhood) -> tuple[int, int]:
    """What the line holds in memory, and in files, in bytes."""
    status = Path(f"/proc/{line.daemon.pid}/status").read_text()
    files = (path for folder in ("state", "run") for path in (line.folder / folder).iterdir() if path.is_file())
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024, sum(path.stat().st_size for path in files)  # type: ignore[index]


def assert_little_was_kept(line: Neighbourhood, before: tuple[int, int], logged: int) -> None:
    """Of a flood of less than a minute."""
    memory, files = (after - then for after, then in zip(kept(line), before, strict=True))
    said = sum(len(row) for row in line.daemon.output.all()[logged:] if " debug " not in row and "hangs up" not in row)
    print(f"memory {memory / 2**20:+.1f} MiB, files {files:+} bytes, log {said} bytes")
    # What is read at once is held until its turn comes.
    assert memory < 32 * 2**20 and files < 100_000 and said < 100_000


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_patriot_is_ended_and_delays_nobody(line: Neighbourhood, kind: str) -> None:
    daemon = line.launch()
    flooding = threading.Event()
    flooding.set()
    connection = line.patriot._connection
    logged, before = len(daemon.output), kept(line)

    def flood() -> None:
        try:
            while flooding.is_set():
                if FLOODS[kind] is None:
                    connection.ping()
                else:
                    connection.send(FLOODS[kind])
        except Exception:
            flooding.clear()

    began = time.monotonic()
    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    waits = []
    try:
        while flooding.is_set() and time.monotonic() - began < 30:
            waits.append((line.asked("hangup"), line.asked("status")))
            time.sleep(0.1)
        assert not flooding.is_set(), "the connection was not closed"
        daemon.wait_for_line("1008", seconds=5, start=logged)
    finally:
        flooding.clear()
    hang_ups, statuses = (sorted(times) for times in zip(*waits, strict=True))
    print(
        f"{kind}: ended after {time.monotonic() - began:.1f} s; hang-up median {hang_ups[len(waits) // 2] * 1000:.1f} ms, "
        f"longest {hang_ups[-1] * 1000:.1f} ms; status median {statuses[len(waits) // 2] * 1000:.1f} ms, "
        f"longest {statuses[-1] * 1000:.1f} ms"
    )
    assert_little_was_kept(line, before, logged)
    assert hang_ups[len(waits) // 2] < 0.05
    assert statuses[len(waits) // 2] < 0.1


@pytest.mark.parametrize("kind", [kind for kind, message in FLOODS.items() if message])
def test_a_stream_of_patriot_below_the_limit_fills_nothing(line: Neighbourhood, kind: str) -> None:
    """Some 150 messages a second, which the connection may go on with."""
    daemon = line.launch()
    connection = line.patriot._connection
    logged, before = len(daemon.output), kept(line)
    for _ in range(60):
        for _ in range(15):
            connection.send(FLOODS[kind])
        assert line.asked("hangup") < 1
        time.sleep(0.1)
    assert "1008" not in "\n".join(daemon.output.all()[logged:])
    assert_little_was_kept(line, before, logged)


# Files that another user has laid


@pytest.mark.parametrize("kind", ["link", "pipe", "device link"])
def test_calls_reads_plain_files_only(line: Neighbourhood, kind: str) -> None:
    configuration = line.launch().configuration
    records = line.folder / "state"
    name = records / "calls-2026-01.jsonl"
    secret = line.bench.directory / "secret"
    secret.write_text('{"not": "yours"}\n')
    match kind:
        case "link":
            name.symlink_to(secret)
        case "pipe":
            os.mkfifo(name)
        case _:
            name.symlink_to("/dev/zero")
    done = subprocess.run(
        [BINARY, "calls", "--config", configuration], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1, done
    assert "cannot be read" in done.stderr
    assert "yours" not in done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_the_log_of_the_console_is_a_plain_file(line: Neighbourhood, kind: str) -> None:
    configuration = line.launch().configuration
    target, log = line.bench.directory / "target", line.bench.directory / "log"
    target.write_text("kept\n")
    if kind == "link":
        log.symlink_to(target)
    else:
        os.mkfifo(log)
    done = subprocess.run(
        [BINARY, "console", "--config", configuration, "--log", log],
        input="AT\n", capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done
    assert "no plain file" in done.stderr
    assert target.read_text() == "kept\n"
