"""The restart run in the gate: 60 deaths; `restart_run.py --deaths 1000` runs it at length."""

from __future__ import annotations

from bench import Bench
from restart_run import run_all

DEATHS, SEED = 60, 20261130


def test_a_line_that_dies_in_its_calls_tells_the_truth_and_forgets_no_hang_up(bench: Bench) -> None:
    counters = run_all(bench, DEATHS, SEED, shows_log=True)
    print(f"\n{DEATHS} deaths, seed {SEED}: {counters}")
    assert (counters.lies, counters.forgotten_ends, counters.held_lines, counters.second_calls) == (0, 0, 0, 0)
