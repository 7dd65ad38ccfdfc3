"""Slow readers: the verdict on rounds with and without them, and a small run on a real node."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.figures import Spread
from bench.slow.options import Options
from bench.slow.report import Report
from bench.slow.rounds import Round
from tests.bench.commands import run

MIB = 2**20
SMALL = "--people 3 --readers 1 --rate 10 --size 1000 --seconds 1 --pairs 1".split()
ASKED = Options(people=30, readers=4, rate=10, size=8_000, seconds=1, pairs=2, seed=1)


def one(*, stopped: bool, rise: float, p99: float, **changes: Any) -> Round:
    usual = Round(
        stopped=stopped,
        before=100 * MIB,
        most=int((100 + rise) * MIB),
        most_held=MIB if stopped else 0,
        put_out=4 if stopped else 0,
        put_out_after=(1.0, 2.0),
        expected=300,
        delivered=300,
        to_screens=Spread(300, 1, 2, p99, p99),
        lateness=Spread(10, 0, 0, 0, 0),
    )
    return msgspec.structs.replace(usual, **changes)


def report(**changes: Any) -> Report:
    """All read twice, with a p99 of 10 and of 12 ms; and twice some had stopped."""
    usual = {"rise": 4.0, "p99": 12.0}
    stopped = one(stopped=True, **(usual | changes))
    return Report(
        ASKED, [one(stopped=False, rise=1, p99=10), stopped, one(stopped=False, rise=1, p99=12), stopped], bound=MIB
    )


def test_within_bound_and_noise_nobody_else_paid() -> None:
    assert report().faults == []
    assert report().lifted == 3 * MIB


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rise": 5.5}, "memory beyond"),
        ({"p99": 13.5}, "p99"),
        ({"most_held": 2 * MIB}, "held for one"),
        ({"put_out": 3}, "not reached"),
        ({"delivered": 299}, "not delivered"),
    ],
)
def test_whatever_somebody_else_paid_is_said(wrong: dict[str, Any], words: str) -> None:
    [fault] = report(**wrong).faults
    assert words in fault


@pytest.mark.lab
def test_a_small_run_measures_both_and_says_where_the_bound_was_not_reached(var: Path) -> None:
    ended = run(var, "bench.slow", *SMALL)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "the bound was not reached" in ended.stdout
    [file] = (var / "bench").glob("slow-reader-*.json")
    rounds = json.loads(file.read_bytes())["rounds"]
    assert [each["stopped"] for each in rounds] == [False, True]
    assert [each["delivered"] for each in rounds] == [30, 30]
