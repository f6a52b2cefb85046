"""The library that makes a process's system calls fail (`faults.c`), built and steered."""

from __future__ import annotations

import mmap
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
# In the order of `enum call`.
CALLS = (
    "open", "read", "write", "writev", "pread", "ioctl", "fcntl", "tcsetattr", "tcgetattr",
    "tcflush", "isatty", "flock", "fstat", "stat", "access", "fsync", "ftruncate", "unlink",
    "rename", "chmod", "mkdir", "opendir", "socket", "bind", "listen", "accept", "connect",
    "recv", "send", "shutdown", "getsockopt", "setsockopt", "sockname", "epoll_ctl",
    "epoll_wait", "eventfd", "timerfd", "getaddrinfo",
)  # fmt: skip
BYTES = ("read", "write", "writev", "pread", "recv", "send")


class Kind(IntEnum):
    """How a call fails."""

    # With an error that the call can have.
    HARD = 0
    # By a signal.
    INTERRUPTED = 1
    # The first byte is done and no more.
    PARTIAL = 2
    # As if the other side were not ready, although it was said to be.
    AGAIN = 3

    @property
    def calls(self) -> tuple[str, ...]:
        """Those that can fail so."""
        match self:
            case Kind.HARD:
                # An error of these is a fault of the program that makes the call, not of the world.
                faultless = {"epoll_wait", "eventfd", "timerfd", "shutdown"}
                # That the kernel can watch one descriptor more is taken for granted by NIO, which ends the process when it
                # opens a tty and this fails; the supervisor starts the line again.
                return tuple(name for name in CALLS if name not in faultless | {"epoll_ctl"})
            case Kind.INTERRUPTED:
                return (*BYTES, "open", "connect", "accept", "epoll_wait", "flock", "fsync", "ioctl", "tcsetattr")
            case Kind.PARTIAL:
                return BYTES
            case Kind.AGAIN:
                # No read: what epoll says can be read, can be; an event loop may count on it, and NIO does.
                return ("write", "writev", "send", "accept")


@dataclass(frozen=True)
class Shot:
    """What became of one fault."""

    counted: int
    injected: int
    call: str | None


class Faults:
    """Belongs to one process after another; steered while it runs."""

    _LAYOUT = struct.Struct("=IIIIQiIIiq64III")

    def __init__(self, directory: Path) -> None:
        library, control = directory / "libfaults.so", directory / "faults"
        if not library.exists():
            flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
            subprocess.run(["cc", *flags, "-o", library, SOURCE, "-ldl"], check=True)
        control.write_bytes(bytes(self._LAYOUT.size))
        with control.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), self._LAYOUT.size)
        self.environment = {"LD_PRELOAD": str(library), "FAULT_CONTROL": str(control)}

    def arm(self, kind: Kind, at: int, *, times: int = 1, error: int = 0, calls: Iterable[str] | None = None) -> None:
        """From now on calls are counted; number `at` fails. 0: none does."""
        mask = sum(1 << CALLS.index(name) for name in (kind.calls if calls is None else calls))
        kept = (self.clock_offset, *bytes(64), self.rate, 0)
        self._map[4:] = self._LAYOUT.pack(0, kind, at, times, mask, error, 0, 0, -1, *kept)[4:]
        self._map[:4] = struct.pack("=I", 1)

    def disarm(self) -> Shot:
        self._map[:4] = bytes(4)
        return self.shot

    @property
    def _fields(self) -> tuple[int, ...]:
        return self._LAYOUT.unpack(self._map[:])

    @property
    def shot(self) -> Shot:
        fields = self._fields
        return Shot(fields[6], fields[7], None if fields[7] == 0 else CALLS[fields[8]])

    @property
    def made(self) -> dict[str, int]:
        """How often each call was made since it was armed."""
        return {name: count for name, count in zip(CALLS, self._fields[10:], strict=False) if count}

    @property
    def clock_offset(self) -> int:
        """How many nanoseconds the wall clock goes wrong."""
        return self._fields[9]

    @clock_offset.setter
    def clock_offset(self, nanoseconds: int) -> None:
        self._map[40:48] = struct.pack("=q", nanoseconds)

    @property
    def rate(self) -> int:
        """How fast time goes by for a process; for one that starts from then on."""
        return self._fields[-2]

    @rate.setter
    def rate(self, rate: int) -> None:
        self._map[-8:-4] = struct.pack("=I", rate)
