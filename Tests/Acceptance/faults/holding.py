"""The library that holds a process's calls on a terminal, its fsync or its configuration (`holding.c`), built and steered."""

from __future__ import annotations

import mmap
import struct
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).with_name("holding.c")
# In the order of `enum call`.
CALLS = ("open", "tcsetattr", "tcgetattr", "ioctl", "tcflush", "close")
BITS = (*CALLS, "fsync", "configuration")


class Holding:
    """Belongs to one process after another; steered while it runs."""

    def __init__(self, directory: Path) -> None:
        library, control = directory / "libholding.so", directory / "holding"
        flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        subprocess.run(["cc", *flags, "-o", library, SOURCE, "-ldl"], check=True)
        control.write_bytes(bytes(12))
        with control.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 12)
        self.environment = {"LD_PRELOAD": str(library), "HOLD_CONTROL": str(control)}

    def hold(self, *calls: str) -> None:
        """Those calls do not come back until `release`."""
        self._map[:8] = struct.pack("=II", sum(1 << BITS.index(call) for call in calls), 0)

    def release(self) -> None:
        self._map[:4] = bytes(4)

    @property
    def waiting(self) -> int:
        """How many calls are held now."""
        return int(struct.unpack("=I", self._map[8:12])[0])

    def wait_until_held(self, seconds: float = 10) -> None:
        """Until a call is held."""
        deadline = time.monotonic() + seconds
        while not self.waiting:
            assert time.monotonic() < deadline, f"no call is held after {seconds} s"
            time.sleep(0.02)
