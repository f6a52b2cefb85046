"""How fast and how light a line is: `python benchmark_line.py [--calls N] [--lines N,N] [--json FILE] [--gate]`.

Every figure is taken from outside: a Patriot and a modem in this process, the line in its own. Beside it stands the floor,
a C program that makes one tty write of one TLS read and knows nothing, timed in the same run, turn by turn. With --gate it
ends with 1 when the line is slower than a loose multiple of that floor; no absolute time is ever a reason.

Take a release build: PATRIOT_DIALLER=.build-release/release/patriot-dialler
"""

from __future__ import annotations

import argparse
import json
import os
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmark.rig import Rig, pump, serve
from certificates import Certificate, make_certificate
from harness import API_KEY, BINARY
from patriot_client import free_port
from patriot_server import server_context

FLOOR_SOURCE = Path(__file__).parent / "benchmark/floor.c"
DIAL = b'{"type":"dial-request","payload":{"phoneNo":"5550101","rawPhoneNo":"555-0101"}}'
HANG_UP = b'{"type":"hangup-request"}'
ACTIVE_ROW = b'+CLCC: 1,0,0,0,0,"5550101",129\r\n'
RINGING_ROW = b'+CLCC: 1,1,4,0,0,"+4930123456",145\r\n'
READY = re.compile(rb"STATUS=Ready")
UP, DOWN = rb'"callActive":true', rb'"callActive":false'
# The tail of an end: some sticks say it twice.
END = b"\r\n^CEND:1,5,104,16\r\n\r\nNO CARRIER\r\n"
# Before each thing that is timed: a line that waits has gone to sleep, the floor as well.
PAUSE = 0.02
# Loose on purpose: it is to notice a thread hop, a copy too many or a timer, not a busy machine.
GATE = 8.0
GATED = ("dial-request to ATD", "hangup-request to AT+CHUP", "result code to status", "caller ID to status")
ANSWERED = b"\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"
Samples = dict[str, list[float]]


@dataclass
class Process:
    """A line or the floor, and the rig it talks to."""

    rig: Rig
    popen: subprocess.Popen[bytes]
    started: float

    def cpu_seconds(self) -> float:
        """Of all its threads, those that ended too: the process's own clock (clock_getcpuclockid(3)), as /proc has ticks only."""
        return time.clock_gettime(~self.popen.pid << 3 | 2)

    def memory(self) -> tuple[int, int]:
        """Kilobytes that are the process's own, and its share of all that it has in memory (proc(5), smaps_rollup).

        Not Private_Dirty: pages of a program that was just linked, and is not yet on the disk, are in there too.
        """
        rollup = Path(f"/proc/{self.popen.pid}/smaps_rollup").read_text().splitlines()[1:]
        sizes = {name: int(size.split()[0]) for name, size in (line.split(":") for line in rollup)}
        return sizes["Anonymous"], sizes["Pss"]

    def close(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self.rig.close()


class Workshop:
    """Starts lines and the floor, and ends them all."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.closing = ExitStack()
        self._identity: Certificate = make_certificate(directory, "patriot")
        self._tls: ssl.SSLContext = server_context(self._identity)
        self._count = 0

    def _rig(self, *, is_floor: bool = False) -> Rig:
        self._count += 1
        return Rig(self.directory / str(self._count), self._tls, is_floor=is_floor)

    def listening_line(self) -> Process:
        """A line that Patriot connects to: only who connects differs from `line`."""
        port = free_port()
        self._identity.key.chmod(0o600)
        place = {
            "PATRIOT_LISTEN": port,
            "PATRIOT_TLS_CERTIFICATE_FILE": self._identity.certificate,
            "PATRIOT_TLS_KEY_FILE": self._identity.key,
        }
        line = self._line(self._rig(), place)
        line.rig.wait(line.rig.supervisor, rb"waiting for Patriot")
        line.rig.connect(port, API_KEY)
        return line

    def line(self) -> Process:
        rig = self._rig()
        place = {"PATRIOT_ADDRESS": "127.0.0.1", "PATRIOT_PORT": rig.port, "PATRIOT_PINS": self._identity.pin}
        return self._line(rig, place)

    def _line(self, rig: Rig, place: dict[str, object]) -> Process:
        directory = rig.device.parent
        key = directory / "key"
        key.touch(0o600)
        key.write_text(API_KEY)
        settings = place | {
            "PATRIOT_API_KEY_FILE": key,
            "MODEM_DEVICE": rig.device,
            "MODEM_PROFILE": "huawei",
        }
        for name in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY"):
            (directory / name).mkdir()
            settings[name] = directory / name
        configuration = directory / "line.conf"
        configuration.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        return self._start(rig, [BINARY, "run", "--config", configuration], NOTIFY_SOCKET=str(rig.notify_socket))

    def floor(self) -> Process:
        program = self.directory / "floor"
        if not program.exists():
            subprocess.run(["cc", "-O2", "-Wall", "-o", program, FLOOR_SOURCE, "-lssl", "-lcrypto"], check=True)
        rig = self._rig(is_floor=True)
        process = self._start(rig, [program, "127.0.0.1", str(rig.port), rig.device])
        pump([rig], 5)
        return process

    def _start(self, rig: Rig, command: list[str | Path], **environment: str) -> Process:
        null = subprocess.DEVNULL
        started = time.perf_counter()
        popen = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, env=os.environ | environment)
        process = Process(rig, popen, started)
        self.closing.callback(process.close)
        return process


# One call each, so that what is compared has met the same moment.


def outgoing_call(line: Rig, samples: Samples, *, ends_here: bool) -> None:
    serve([line], PAUSE)
    asked = line.send(DIAL)
    samples["dial-request to ATD"].append(line.wait(line.modem, rb"^ATD") - asked)
    line.calls = ACTIVE_ROW
    line.wait(line.patriot, UP)
    line.say(ANSWERED)
    serve([line], PAUSE)
    line.calls = b""
    if ends_here:
        asked = line.send(HANG_UP)
        samples["hangup-request to AT+CHUP"].append(line.wait(line.modem, rb"^AT\+CHUP") - asked)
        line.say(END)
        line.wait(line.patriot, DOWN)
    else:
        told = line.say(END)
        samples["result code to status"].append(line.wait(line.patriot, DOWN) - told)


def incoming_call(line: Rig, samples: Samples) -> None:
    serve([line], PAUSE)
    line.calls = RINGING_ROW
    told = line.say(b'\r\nRING\r\n\r\n+CLIP: "+4930123456",145,,,,0\r\n')
    samples["caller ID to status"].append(line.wait(line.patriot, UP) - told)
    line.calls = b""
    line.say(END)
    line.wait(line.patriot, DOWN)


def next_call(line: Rig, samples: Samples) -> None:
    """Hung up for another: from the proof that the line is free to the next ATD."""
    line.send(DIAL)
    line.wait(line.modem, rb"^ATD")
    line.calls = ACTIVE_ROW
    line.say(ANSWERED)
    serve([line], PAUSE)
    line.calls = b""
    line.send(HANG_UP)
    line.wait(line.modem, rb"^AT\+CHUP")
    line.send(DIAL)
    told = line.say(END)
    samples["hung up to next ATD"].append(line.wait(line.modem, rb"^ATD") - told)
    line.say(END)
    serve([line], 0.05)
    line.patriot.texts.clear()


def floor_turn(floor: Rig, samples: Samples) -> None:
    serve([floor], PAUSE)
    asked = floor.send(DIAL)
    samples["frame to line"].append(floor.wait(floor.modem, rb"ATD") - asked)
    serve([floor], PAUSE)
    told = floor.say(b"\r\n^CEND:1,5,104,16\r\n")
    samples["line to frame"].append(floor.wait(floor.patriot, b"") - told)


def latency(workshop: Workshop, calls: int, report: dict[str, object]) -> tuple[Samples, Samples, Samples]:
    line, listening, floor = workshop.line(), workshop.listening_line(), workshop.floor()
    line.rig.wait_until_ready()
    listening.rig.wait_until_ready()
    samples: Samples = defaultdict(list)
    listening_samples: Samples = defaultdict(list)
    floor_samples: Samples = defaultdict(list)
    for warm_up in (True, False):
        if not warm_up:
            samples.clear()
            listening_samples.clear()
            floor_samples.clear()
        cpu, lines, made = line.cpu_seconds(), line.rig.modem.count, 0
        for _ in range(20 if warm_up else calls):
            outgoing_call(line.rig, samples, ends_here=True)
            floor_turn(floor.rig, floor_samples)
            outgoing_call(line.rig, samples, ends_here=False)
            floor_turn(floor.rig, floor_samples)
            outgoing_call(listening.rig, listening_samples, ends_here=True)
            incoming_call(line.rig, samples)
            made += 3
    report["CPU a call, ms"] = (line.cpu_seconds() - cpu) / made * 1e3
    report["AT lines a call"] = (line.rig.modem.count - lines) / made
    for _ in range(max(calls // 10, 1)):
        next_call(line.rig, samples)
    report["private memory after the calls, KiB"], report["proportional memory, KiB"] = line.memory()
    return samples, listening_samples, floor_samples


def start(workshop: Workshop, times: int, samples: Samples) -> None:
    for _ in range(times):
        line = workshop.line()
        samples["start to ready"].append(line.rig.wait_until_ready() - line.started)
    line.rig.supervisor.texts.clear()
    line.rig.unplug()
    line.rig.plug()
    plugged = time.perf_counter()
    line.rig.wait(line.rig.supervisor, rb"STATUS=Not ready")
    samples["replug to ready, no udev"].append(line.rig.wait_until_ready() - plugged)


def cpu_seconds(lines: list[Process], seconds: float) -> float:
    """What so many seconds of the lines' lives cost."""
    before = sum(line.cpu_seconds() for line in lines)
    serve([line.rig for line in lines], seconds)
    return sum(line.cpu_seconds() for line in lines) - before


def crowd(workshop: Workshop, count: int, idle: float) -> dict[str, float]:
    """So many lines as so many processes."""
    lines = [workshop.line() for _ in range(count)]
    rigs = [line.rig for line in lines]
    waiting = {id(rig): rig for rig in rigs}
    deadline = time.perf_counter() + 60
    while waiting and time.perf_counter() < deadline:
        pump(rigs, 0.5)
        waiting = {name: rig for name, rig in waiting.items() if rig.supervisor.take(READY) is None}
    assert not waiting, f"{len(waiting)} of {count} lines are not ready"
    idling = cpu_seconds(lines, idle)
    for rig in rigs:
        rig.send(DIAL)
        rig.wait(rig.modem, rb"^ATD")
        rig.calls = ACTIVE_ROW
        rig.say(ANSWERED)
    serve(rigs, 1)
    talking = cpu_seconds(lines, idle)
    for rig in rigs:
        rig.calls = b""
        rig.say(END)
    serve(rigs, 1)
    samples: Samples = defaultdict(list)
    for rig in rigs:
        for _ in range(3):
            outgoing_call(rig, samples, ends_here=False)
    memory = [line.memory() for line in lines]
    for line in lines:
        line.popen.kill()
    return {
        "CPU an idle hour and line, s": idling / count / idle * 3600,
        "CPU an hour in a call, s": talking / count / idle * 3600,
        "private memory a line, KiB": sum(private for private, _ in memory) / count,
        "proportional memory a line, KiB": sum(proportional for _, proportional in memory) / count,
        "dial-request to ATD, median ms": statistics.median(samples["dial-request to ATD"]) * 1e3,
    }


def spread(values: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(values)

    def quantile(part: float) -> float:
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1e3

    return {"median": quantile(0.5), "p95": quantile(0.95), "p99": quantile(0.99), "count": len(ordered)}


def table(title: str, samples: Samples) -> dict[str, dict[str, float]]:
    rows = {name: spread(values) for name, values in samples.items()}
    print(f"\n{title:30}{'median':>9}{'p95':>9}{'p99':>9}   ms")
    for name, row in rows.items():
        print(f"{name:30}{row['median']:9.3f}{row['p95']:9.3f}{row['p99']:9.3f}   of {row['count']:.0f}")
    return rows


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, default=300, help="rounds of three calls for the latencies")
    arguments.add_argument("--lines", default="1,8,64", help="how many lines at once, for memory and idling")
    arguments.add_argument("--idle", type=float, default=30, help="seconds of idling that are extrapolated to an hour")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--gate", action="store_true")
    options = arguments.parse_args()

    report: dict[str, object] = {"load": os.getloadavg()[0], "binary": BINARY.name}
    with tempfile.TemporaryDirectory(prefix="patriot-") as name:
        workshop = Workshop(Path(name))
        with workshop.closing:
            starts: Samples = defaultdict(list)
            samples, listening_samples, floor_samples = latency(workshop, options.calls, report)
            start(workshop, 10, starts)
            rows = table("line", samples | starts)
            listening_rows = table("line that Patriot connects to", listening_samples)
            floor_rows = table("floor", floor_samples)
        print()
        for key, value in report.items():
            print(f"{key}: {value:.2f}" if isinstance(value, float) else f"{key}: {value}")
        for count in [int(number) for number in options.lines.split(",") if number]:
            with workshop.closing:
                crowded = crowd(workshop, count, options.idle)
            report[f"{count} lines"] = crowded
            print(f"{count} lines: " + "; ".join(f"{key} {value:.2f}" for key, value in crowded.items()))
    report |= {"line": rows, "listening": listening_rows, "floor": floor_rows}
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return gate(rows, floor_rows) if options.gate else 0


def gate(rows: dict[str, dict[str, float]], floor_rows: dict[str, dict[str, float]]) -> int:
    slow = 0
    for name in GATED:
        floor = floor_rows["frame to line" if "request" in name else "line to frame"]["median"]
        ratio = rows[name]["median"] / floor
        print(f"{name}: {ratio:.2f} of the floor's time; {GATE} is allowed")
        slow += ratio > GATE
    return min(slow, 1)


if __name__ == "__main__":
    sys.exit(main())
