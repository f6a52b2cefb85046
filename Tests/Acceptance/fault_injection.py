"""All system calls of a line fail, one after another: `python Tests/Acceptance/fault_injection.py [SCENARIO …]`."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import traceback
from pathlib import Path

from bench import Bench
from certificates import make_certificate
from faults.shim import CALLS, Kind
from faulty_line import SCENARIOS, FaultyLine, Tally


def row(scenario: str, kind: Kind, tally: Tally) -> str:
    calls = ", ".join(f"{name} {count}" for name, count in sorted(tally.calls.items()))
    ends = "".join(f"; ended {count} times: {said}" for said, count in tally.ended.items())
    return f"{scenario:16} {kind.name.lower():12} {tally.points:5}  ready after {tally.longest_recovery:4.1f} s at most  {calls}{ends}"


def main() -> int:
    names = [*(scenario.__name__ for scenario in SCENARIOS), "start", "end"]
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("scenarios", nargs="*", choices=[*names, []], help="all of them if none is named")
    arguments.add_argument("--kind", choices=[kind.name.lower() for kind in Kind])
    arguments.add_argument("--call", action="append", default=[], choices=CALLS, help="only this one fails; may be repeated")
    arguments.add_argument("--step", type=int, default=1)
    arguments.add_argument("--times", type=int, default=1, help="how often the call fails, one time after another")
    arguments.add_argument("--first", type=int, default=1)
    arguments.add_argument("--verbose", action="store_true", help="each fault as it is made")
    options = arguments.parse_args()
    if options.verbose:
        logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    failures = 0
    for name in options.scenarios or names:
        for kind in Kind:
            if options.kind in (None, kind.name.lower()):
                failures += not run(name, kind, options)
    return min(failures, 1)


def run(name: str, kind: Kind, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="patriot-") as directory:
        bench = Bench(Path(directory), make_certificate(Path(directory), "patriot"))
        with bench.closing:
            line = FaultyLine(bench)
            began = time.monotonic()
            try:
                tally = inject(line, name, kind, options)
                line.expect_records()
            except AssertionError as error:
                evidence = "\n".join(text() for _, text in bench.evidence[-3:])
                Path(tempfile.gettempdir(), f"fault-{name}-{kind.name.lower()}.txt").write_text(traceback.format_exc() + evidence)
                print(f"{name:16} {kind.name.lower():12} FAILED: {error}", flush=True)
                return False
    print(f"{row(name, kind, tally)}  ({time.monotonic() - began:.0f} s)", flush=True)
    return True


def inject(line: FaultyLine, name: str, kind: Kind, options: argparse.Namespace) -> Tally:
    if name == "start":
        return line.inject_into_starts(kind, options.step, options.first)
    if name == "end":
        return line.inject_into_ends(kind, options.step, options.first)
    scenario = next(scenario for scenario in SCENARIOS if scenario.__name__ == name)
    return line.inject(scenario, kind, options.step, options.first, options.times, options.call)


if __name__ == "__main__":
    sys.exit(main())
