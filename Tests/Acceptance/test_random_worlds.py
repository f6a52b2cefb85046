"""Chance drives a line and all that is around it; `soak.py` does so for hours.

RANDOM_WORLD_SEED says which chance, RANDOM_WORLD_SECONDS for how long.
"""

from __future__ import annotations

import os

import pytest

from bench import Bench
from soak import report, run_world

SEED = int(os.environ.get("RANDOM_WORLD_SEED", "20261123"))
SECONDS = float(os.environ.get("RANDOM_WORLD_SECONDS", "8"))


@pytest.mark.parametrize(("profile", "deadly"), [("huawei", True), ("generic-gsm", False)], ids=["killed", "left alive"])
def test_a_line_in_a_random_world_says_what_is_true_and_dials_what_it_is_asked_to(
    bench: Bench, profile: str, deadly: bool
) -> None:
    world = run_world(bench, profile, SEED, SECONDS, deadly=deadly)
    assert world.seen["calls out"] > 2
    assert world.log_bytes < 1000 * len(world.deeds)
    print(f"\nseed {SEED}, {profile}: {report(world)}")
