"""The attack run: strangers at the port of a line that Patriot connects to, in a network namespace of their own.

Patriot asks for the status fifty times a second all the while. Needs root:

    python attacks.py --seconds 10

Printed for each attack: how much of it the attackers managed, how long the status took (median, 99 %, longest), how many
descriptors and how much memory the line had at most, and how long a new honest Patriot took to get in afterwards. The exit code is
1 when a bound was broken: 20 ms at 99 %, 64 descriptors, 8 MiB more memory than before, 2 s for the newcomer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import Bench
from cable import Namespace
from certificates import Certificate
from harness import BINARY, Daemon
from patriot_client import UPGRADE, PatriotClient, client_context

PORT = 9010
# Attackers have addresses of their own, as Patriot's address would have to wait after a wrong key.
SOURCES = [f"10.99.1.{number}" for number in range(1, 101)]
P99, DESCRIPTORS, KILOBYTES, ENTRY = 0.020, 64, 8 << 10, 2.0


# The attackers: each a process, so that what they cost in Python is not Patriot's.


def connection(source: str, seconds: float = 5) -> socket.socket:
    return socket.create_connection(("127.0.0.1", PORT), timeout=seconds, source_address=(source, 0))


def sources() -> Iterator[str]:
    while True:
        yield from SOURCES


def silent(end: float) -> int:
    """1,000 connections that send nothing, held for as long as the line lets them."""
    held = []
    with contextlib.suppress(OSError):
        for source in SOURCES * 10:
            held.append(connection(source))
    time.sleep(max(0.0, end - time.monotonic()))
    return len(held)


def wrong_keys(end: float) -> int:
    """1,000 wrong keys, each with TLS and the upgrade; an address that has to wait is turned away."""
    done, context = 0, client_context()
    text = json.dumps({"type": "init-request", "payload": {"apiKey": "wrong"}}).encode()
    for _, source in zip(range(500), sources(), strict=False):  # There are two of these.
        if time.monotonic() > end:
            break
        done += 1
        with contextlib.suppress(OSError), context.wrap_socket(connection(source)) as stranger:
            stranger.sendall(UPGRADE)
            stranger.recv(4096)
            stranger.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)
            stranger.recv(4096)
    return done


def handshakes(end: float) -> int:
    """A whole ClientHello, and gone before the answer: the line has signed for nothing."""
    done, context = 0, client_context()
    for source in sources():
        if time.monotonic() > end:
            return done
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        hello = context.wrap_bio(incoming, outgoing)
        with contextlib.suppress(ssl.SSLWantReadError):
            hello.do_handshake()
        with contextlib.suppress(OSError), connection(source) as stranger:
            stranger.sendall(outgoing.read())
            done += 1
    return done


def half_handshakes(end: float) -> int:
    """Half a ClientHello, and no more."""
    held: list[socket.socket] = []
    for done, source in enumerate(sources()):
        if time.monotonic() > end or done == 1000:
            time.sleep(max(0.0, end - time.monotonic()))
            return done
        with contextlib.suppress(OSError):
            held.append(connection(source))
            held[-1].sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    return 0


def requests(end: float) -> int:
    """HTTP without TLS, a connection each; 20 at a time, none of which waits when the queue is full."""
    counts = [0] * 20
    start = time.monotonic()

    def flood(index: int) -> None:
        for source in sources():
            now = time.monotonic()
            if now > end:
                return
            if counts[index] > (now - start) * 5000 / len(counts):  # 10,000 a second: there are two of these processes.
                time.sleep(0.0005)
                continue
            with contextlib.suppress(OSError), connection(source, 0.1) as stranger:
                stranger.sendall(b"GET /dialler HTTP/1.1\r\nHost: a\r\n\r\n")
                counts[index] += 1

    threads = [threading.Thread(target=flood, args=(index,)) for index in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


ATTACKS: dict[str, tuple[Callable[[float], int], int]] = {
    "none": (lambda end: time.sleep(max(0.0, end - time.monotonic())) or 0, 1),
    "silent": (silent, 1),
    "wrong-keys": (wrong_keys, 2),
    "handshakes-left": (handshakes, 1),
    "half-handshakes": (half_handshakes, 1),
    "requests": (requests, 2),
}


# Patriot


class Session:
    """The Patriot in use, and how long its questions took."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.patriot = self._enter()

    def _enter(self) -> PatriotClient:
        patriot = PatriotClient(PORT)
        patriot.introduce()
        patriot.expect_admission()
        patriot.expect_status(active=False)
        return patriot

    def replace(self) -> float:
        """A newcomer gets in; how long that took."""
        start = time.monotonic()
        former, self.patriot = self.patriot, self._enter()
        took = time.monotonic() - start
        former.close()
        return took

    def ask(self) -> None:
        position = len(self.patriot.events)
        start = time.monotonic()
        self.patriot.request_status()
        self.patriot.expect_status(seconds=10, active=False)
        self.times.append(self.patriot.events.moment(position) - start)


class Watch:
    """The most descriptors and memory that the line had."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon, self._is_over = daemon, threading.Event()
        self.descriptors = self.kilobytes = 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._is_over.wait(0.1):
            now = self._daemon.footprint()
            self.descriptors = max(self.descriptors, now.descriptors)
            self.kilobytes = max(self.kilobytes, now.anonymous_kilobytes)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()


def attack(name: str, session: Session, daemon: Daemon, seconds: float) -> bool:
    before = daemon.footprint()
    watch = Watch(daemon)
    session.times.clear()
    command = [sys.executable, __file__, "--attack", name, "--seconds", str(seconds)]
    attackers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(ATTACKS[name][1])]
    end = time.monotonic() + seconds + 1
    while time.monotonic() < end:
        session.ask()
        time.sleep(0.02)
    # While the attackers are still there.
    entry = session.replace()
    done = sum(int(attacker.communicate(timeout=60)[0] or 0) for attacker in attackers)
    watch.close()
    ordered = sorted(session.times)
    p99 = ordered[int(len(ordered) * 0.99)]
    more = watch.kilobytes - before.anonymous_kilobytes
    print(
        f"{name:16} {done:6} done ({done / seconds:6.0f}/s); status {statistics.median(ordered) * 1000:.2f} / {p99 * 1000:.2f} / "
        f"{ordered[-1] * 1000:.2f} ms of {len(ordered)}; descriptors {before.descriptors} -> {watch.descriptors}; "
        f"memory +{more} KiB; newcomer in after {entry:.2f} s",
        flush=True,
    )
    return p99 <= P99 and watch.descriptors <= DESCRIPTORS and more <= KILOBYTES and entry <= ENTRY


def inside(seconds: float, names: list[str]) -> bool:
    for source in SOURCES:
        subprocess.run(["ip", "address", "add", f"{source}/32", "dev", "lo"], check=True)
    with tempfile.TemporaryDirectory(prefix="patriot-") as directory:
        # As on a site: of a key whose signatures are cheap.
        command = [BINARY, "certificate", "--directory", directory, "--line", "a", "--name", "localhost"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        certificate = Certificate(Path(directory) / "a.tls.pem", Path(directory) / "a.tls.key")
        bench = Bench(Path(directory), certificate)
        with bench.closing:
            bench.pty_modem()
            daemon = bench.daemon(
                0,
                PATRIOT_ADDRESS=None,
                PATRIOT_PORT=None,
                PATRIOT_PINS=None,
                PATRIOT_LISTEN=str(PORT),
                PATRIOT_TLS_CERTIFICATE_FILE=certificate.certificate,
                PATRIOT_TLS_KEY_FILE=certificate.key,
                LOG_LEVEL="info",
            )
            daemon.wait_for_line("waiting for Patriot on")
            session = Session()
            results = [attack(name, session, daemon, seconds) for name in names]
            time.sleep(1)
            print(f"at the end: {daemon.footprint()}")
            return all(results) and daemon.is_running


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", choices=ATTACKS, action="append", help="one of the attacks; may be repeated")
    parser.add_argument("--attack", choices=ATTACKS, help=argparse.SUPPRESS)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.attack:
        print(ATTACKS[options.attack][0](time.monotonic() + options.seconds))
        return 0
    if options.inside:
        return 0 if inside(options.seconds, options.only or list(ATTACKS)) else 1
    network = Namespace("attacks")
    try:
        command = [*network.command_prefix, sys.executable, __file__, "--inside", *sys.argv[1:]]
        return subprocess.run(command, env=os.environ, check=False).returncode
    finally:
        network.close()


if __name__ == "__main__":
    sys.exit(main())
