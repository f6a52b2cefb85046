"""A sound server without hardware, and the sound port of a modem."""

from __future__ import annotations

import math
import os
import subprocess
import threading
import time
import tty
from array import array
from contextlib import ExitStack
from pathlib import Path

from harness import ChildProcess

RATE = 8000
FRAME = 160
TONE = 1000


class SoundServer:
    """PipeWire with one headset, of which the microphone hears what the loudspeaker plays."""

    HEADSET = "pipewire:NODE=headset"

    def __init__(self, directory: Path, closing: ExitStack) -> None:
        directory.mkdir(mode=0o700)
        self.environment = {
            "XDG_RUNTIME_DIR": str(directory),
            "XDG_STATE_HOME": str(directory),
            "XDG_CONFIG_HOME": str(directory),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={directory}/bus",
            "PIPEWIRE_ALSA": "{ stream.capture.sink=true }",
        }
        self._start(closing, "dbus-daemon", "--session", "--nofork", f"--address=unix:path={directory}/bus")
        self._wait_for(directory / "bus")
        self._start(closing, "pipewire")
        self._wait_for(directory / "pipewire-0")
        self._start(closing, "wireplumber")
        node = (
            "{ factory.name=support.null-audio-sink node.name=headset media.class=Audio/Sink object.linger=true"
            " audio.position=[MONO] }"
        )
        self._command("pw-cli", "create-node", "adapter", node)
        deadline = time.monotonic() + 20
        while "headset" not in self._command("pw-cli", "ls", "Port"):
            assert time.monotonic() < deadline, "the sound server has no headset"
            time.sleep(0.1)

    def _start(self, closing: ExitStack, *command: str | Path) -> None:
        process = ChildProcess(str(command[0]), list(command), self.environment)
        closing.callback(process.close)

    def _command(self, *command: str) -> str:
        environment = os.environ | self.environment
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=True).stdout

    @staticmethod
    def _wait_for(path: Path) -> None:
        deadline = time.monotonic() + 20
        while not path.exists():
            assert time.monotonic() < deadline, f"{path} did not appear"
            time.sleep(0.02)


class ModemSoundPort:
    """A tty on which a modem sends a tone, 320 bytes every 20 ms by its own clock, and keeps what it takes."""

    def __init__(self) -> None:
        self._modem, self._port = os.openpty()
        tty.setraw(self._port)
        os.set_blocking(self._modem, False)
        self.path = os.ttyname(self._port)
        self.taken = array("h")
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_closing.set()
        self._thread.join(timeout=5)
        os.close(self._modem)
        os.close(self._port)

    def wait_for(self, seconds: float, start: int, limit: float = 60) -> array[int]:
        """What the modem took from sample `start` on, once it is so long."""
        deadline = time.monotonic() + limit
        while len(self.taken) < start + seconds * RATE:
            assert time.monotonic() < deadline, f"the modem took {len(self.taken) - start} samples in {limit} s"
            time.sleep(0.05)
        return self.taken[start:]

    def _run(self) -> None:
        start = time.monotonic()
        sent = 0
        rest = b""
        while not self._is_closing.is_set():
            time.sleep(max(0, min(0.01, start + sent * FRAME / RATE - time.monotonic())))
            if time.monotonic() >= start + sent * FRAME / RATE:
                tone = (8000 * math.sin(2 * math.pi * TONE * (sent * FRAME + index) / RATE) for index in range(FRAME))
                self._write(array("h", map(int, tone)).tobytes())
                sent += 1
            try:
                rest += os.read(self._modem, 65_536)
            except BlockingIOError:
                continue
            whole = len(rest) // 2 * 2
            self.taken.frombytes(rest[:whole])
            rest = rest[whole:]

    def _write(self, frame: bytes) -> None:
        try:
            os.write(self._modem, frame)
        except BlockingIOError:
            # Nobody reads: a modem drops what it cannot send.
            return


def share_of_tone(samples: array[int]) -> float:
    """How much of the power is the tone's, between 0 and 1."""
    power = sum(sample * sample for sample in samples) / len(samples)
    if power == 0:
        return 0
    angles = [2 * math.pi * TONE * index / RATE for index in range(len(samples))]
    real = sum(sample * math.cos(angle) for sample, angle in zip(samples, angles, strict=True))
    imaginary = sum(sample * math.sin(angle) for sample, angle in zip(samples, angles, strict=True))
    return 2 * (real * real + imaginary * imaginary) / len(samples) ** 2 / power
