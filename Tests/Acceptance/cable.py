"""Two network namespaces and a cable between them that can be pulled, slowed down and damaged.

The cable is two TUN devices and a thread that carries packets from one to the other; the kernels' TCP at both ends is real.
Needs root.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
DIALLER_ADDRESS, PATRIOT_ADDRESS = "10.99.0.1", "10.99.0.2"


class Namespace:
    """A network of its own with loopback, known to `ip netns` by its name."""

    def __init__(self, role: str) -> None:
        self.name = f"{role}-{os.getpid()}"
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        self.command_prefix = ["ip", "netns", "exec", self.name]

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens inside belong to the namespace, and so do threads that it starts."""
        with open("/proc/thread-self/ns/net") as before, open(f"/run/netns/{self.name}") as mine:
            _set_namespace(mine.fileno())
            try:
                yield
            finally:
                _set_namespace(before.fileno())

    def close(self) -> None:
        _ip("netns", "del", self.name)


@dataclass
class Quality:
    """Of the cable, in each direction."""

    delay: float = 0
    # Up to so much more, another for each packet, so that they overtake each other.
    jitter: float = 0
    loss: float = 0
    duplication: float = 0


class Cable:
    """From `dialler` (10.99.0.1) to `patriot` (10.99.0.2)."""

    def __init__(self, mtu: int = 1500, seed: int = 1) -> None:
        self.quality = Quality()
        self.is_plugged = True
        self.carried = self.lost = 0
        self._random = random.Random(seed)
        self._closing = ExitStack()
        self.dialler, self.patriot = (self._namespace(role) for role in ("dialler", "patriot"))
        ends = ((self.dialler, DIALLER_ADDRESS, PATRIOT_ADDRESS), (self.patriot, PATRIOT_ADDRESS, DIALLER_ADDRESS))
        self._ends = [self._end(namespace, address, peer, mtu) for namespace, address, peer in ends]
        self._wake_reader, self._wake_writer = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="cable", daemon=True)
        self._thread.start()

    def _namespace(self, role: str) -> Namespace:
        namespace = Namespace(role)
        self._closing.callback(namespace.close)
        return namespace

    def _end(self, namespace: Namespace, address: str, peer: str, mtu: int) -> int:
        with namespace.entered():
            end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22x", b"cable", _IFF_TUN | _IFF_NO_PI))
        self._closing.callback(os.close, end)
        _ip("-n", namespace.name, "address", "add", address, "peer", peer, "dev", "cable")
        _ip("-n", namespace.name, "link", "set", "cable", "mtu", str(mtu), "up")
        return end

    def close(self) -> None:
        os.write(self._wake_writer, b"x")
        self._thread.join(timeout=10)
        self._closing.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _carry(self) -> None:
        under_way: list[tuple[float, int, int, bytes]] = []
        while True:
            wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
            readable, _, _ = select.select([*self._ends, self._wake_reader], [], [], wait)
            if self._wake_reader in readable:
                return
            for source, target in (self._ends, self._ends[::-1]):
                if source in readable:
                    packet = os.read(source, 65536)
                    for due in self._arrivals():
                        heapq.heappush(under_way, (due, self.carried, target, packet))
                        self.carried += 1
            while under_way and under_way[0][0] <= time.monotonic():
                _, _, target, packet = heapq.heappop(under_way)
                if self.is_plugged:
                    with contextlib.suppress(OSError):  # its queue is full
                        os.write(target, packet)

    def _arrivals(self) -> list[float]:
        """When a packet that leaves now arrives: never, once or twice."""
        quality = self.quality
        if not self.is_plugged or self._random.random() < quality.loss:
            self.lost += 1
            return []
        copies = 2 if self._random.random() < quality.duplication else 1
        return [time.monotonic() + quality.delay + quality.jitter * self._random.random() for _ in range(copies)]


class NameServers:
    """What programs in the namespace are told to ask for names (ip-netns(8), /etc/netns)."""

    def __init__(self, namespace: Namespace, text: str) -> None:
        self._directory = Path("/etc/netns") / namespace.name
        self._directory.mkdir(parents=True)
        (self._directory / "resolv.conf").write_text(text)

    def close(self) -> None:
        (self._directory / "resolv.conf").unlink()
        self._directory.rmdir()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _set_namespace(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"setns: {os.strerror(ctypes.get_errno())}")
