"""Random worlds for as long as one likes: `python Tests/Acceptance/soak.py --minutes 60 --log DIRECTORY`.

Each piece is another seed and another modem; every second one lets the line get old (nobody kills it). A piece that fails
leaves its seed and all that was seen in the directory, and the next one begins.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from bench import Bench
from certificates import make_certificate
from random_deeds import DEADLY, Deeds
from random_world import World

# None of those (sierra, zte) that answer the dial command only with the call: until then they cannot be asked, so that an end
# or a dial that got lost is found out only when the command's 180 s are over.
PROFILES = ("generic-gsm", "huawei", "quectel", "simcom", "telit", "ublox", "cinterion", "simcom-7600")
DEEDS_BETWEEN_LOOKS, LOOKS_BETWEEN_RESTS = 20, 4


def run_world(bench: Bench, profile: str, seed: int, seconds: float, *, deadly: bool, speed: float = 5) -> World:
    """A world for about so many seconds, and the proof that the line is well at its end."""
    world = World(bench, profile, speed)
    deeds = Deeds(world, seed, without=() if deadly else DEADLY)
    bench.evidence[:] = [("timeline", world.timeline)]
    deeds.settle()
    world.expect_rest()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for _ in range(LOOKS_BETWEEN_RESTS):
            for _ in range(DEEDS_BETWEEN_LOOKS):
                deeds.do_one()
            deeds.settle()
            world.expect_truth()
        world.expect_rest()
    world.finish()
    return world


def report(world: World) -> str:
    (first_at, first), (last_at, last) = world.footprints[0], world.footprints[-1]
    seen = {name: count for name, count in world.seen.items() if not name.startswith("deed")}
    count = len(world.deeds)
    return "; ".join(
        [
            f"{count} deeds, {seen}",
            f"longest untruth {world.longest_lie:.1f} s, longest way to ready {world.longest_recovery:.1f} s",
            f"log {world.log_bytes / count:.0f} bytes a deed",
            f"at {first_at:.0f} s and {last_at:.0f} s of the last process: descriptors {first.descriptors}, {last.descriptors}",
            f"threads {first.threads}, {last.threads}",
            f"private dirty KiB {first.anonymous_kilobytes}, {last.anonymous_kilobytes}",
        ]
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60)
    arguments.add_argument("--piece", type=float, default=10, help="minutes of one world")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--profile", choices=PROFILES)
    arguments.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "soak")
    options = arguments.parse_args()
    options.log.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + options.minutes * 60
    failures, seed = 0, options.seed
    while time.monotonic() < deadline:
        profile = options.profile or PROFILES[seed % len(PROFILES)]
        seconds = min(options.piece * 60, deadline - time.monotonic())
        failures += not run_piece(options.log, profile, seed, seconds)
        seed += 1
    return min(failures, 1)


def run_piece(log: Path, profile: str, seed: int, seconds: float) -> bool:
    title = f"{time.strftime('%H:%M:%S')} seed {seed}, {profile}, {'killed at times' if seed % 2 else 'getting old'}"
    with tempfile.TemporaryDirectory(prefix="patriot-") as name:
        bench = Bench(Path(name), make_certificate(Path(name), "patriot"))
        with bench.closing:
            try:
                outcome = "well: " + report(run_world(bench, profile, seed, seconds, deadly=seed % 2 == 1))
            except Exception as error:
                outcome = f"FAILED: {error}".splitlines()[0]
                evidence = [f"=== {title}\n{text()}" for title, text in bench.evidence]
                (log / f"failed-{seed}.txt").write_text(traceback.format_exc() + "\n\n" + "\n".join(evidence))
    with (log / "soak.log").open("a") as file:
        print(f"{title}: {outcome}", file=file, flush=True)
    print(f"{title}: {outcome}", flush=True)
    return outcome.startswith("well")


if __name__ == "__main__":
    sys.exit(main())
