"""What a line costs while nothing happens: `python benchmark_idle.py [SECONDS]` (60 if not given).

Starts the daemon with a Patriot and a simulated modem, lets it idle, and prints. It asserts nothing: figures belong to
the machine and to the build (take a release build: PATRIOT_DIALLER=.build/release/patriot-dialler).
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from certificates import make_certificate
from harness import READY, Daemon, SimulatedModem
from patriot_server import PatriotServer


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="patriot-") as name:
        directory = Path(name)
        identity = make_certificate(directory, "patriot")
        patriot = PatriotServer(identity)
        with closing(SimulatedModem("generic-gsm", directory / "modem")) as modem:
            settings: dict[str, str | Path] = {
                "PATRIOT_ADDRESS": "127.0.0.1",
                "PATRIOT_PORT": str(patriot.port),
                "PATRIOT_PINS": identity.pin,
                "MODEM_DEVICE": modem.link,
                "MODEM_PROFILE": "generic-gsm",
                "LOG_LEVEL": "info",
            }
            with closing(Daemon(directory / "daemon", settings)) as daemon:
                patriot.expect_authentication()
                daemon.wait_for_line(READY, seconds=30)
                report(daemon, seconds)
        patriot.kill()


def report(daemon: Daemon, seconds: float) -> None:
    starting = daemon.cpu_seconds()
    time.sleep(seconds)
    used = daemon.cpu_seconds() - starting
    print(f"to be ready:      {starting:.2f} s of processor time")
    print(f"idle for {seconds:g} s:    {used:.2f} s of processor time ({used / seconds:.2%} of one processor)")
    print(f"private memory:   {daemon.private_kilobytes() / 1024:.1f} MiB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
