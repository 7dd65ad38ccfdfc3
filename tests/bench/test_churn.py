"""Churn: the draw, the verdict, the picture, and a small run on a real node that nothing of it stays behind in."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.churn.meter import Sample
from bench.churn.options import Options
from bench.churn.plan import SHARES, Kind, Refusal, visits
from bench.churn.report import ENOUGH, Report
from tests.bench.commands import run

MIB = 2**20
#: With this seed nobody falls silent, which takes a minute.
SMALL = "--count 60 --rate 40 --people 8 --rooms-of 4 --seed 2".split()


def report(count: int = 20_000, last: float = 100, **changes: Any) -> Report:
    """A run in which the memory goes from 100 MiB to `last` in its last tenth."""
    samples = [
        Sample(at / 100, at, int(MIB * (last if at > 0.9 * count else 100)), 0, {"hub.sockets": 5})
        for at in range(0, count + 1, count // 100)
    ]
    usual: dict[str, Any] = {"otherwise": {}, "start": {"hub.topics": 0, "server.files": 34}}
    usual |= {"end": {"hub.topics": 0, "server.files": 33}}
    return Report(
        asked=Options(count, 100, 1, 40, 20),
        seconds=60,
        done={"clean": count},
        samples=samples,
        settled_after=1,
        load_average=0.5,
        **(usual | changes),
    )


def test_the_same_seed_draws_the_same_visits_and_another_draws_others() -> None:
    assert list(visits(500, 40, 7)) == list(visits(500, 40, 7))
    assert list(visits(500, 40, 7)) != list(visits(500, 40, 8))


def test_all_kinds_come_in_their_shares_and_every_refusal() -> None:
    drawn = list(visits(10_000, 40, 1))
    kinds = Counter(each.kind for each in drawn)
    assert all(abs(kinds[kind] / 100 - share) < 2 for kind, share in SHARES.items())
    assert {each.refusal for each in drawn if each.kind is Kind.REFUSED} == set(Refusal)
    assert {each.kind for each in drawn if each.early} == {Kind.ABRUPT}


def test_memory_that_stays_as_it_is_and_nothing_left_is_clean() -> None:
    assert report(last=104).is_clean
    assert report(last=50).is_clean


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": 106},
        {"end": {"hub.topics": 1}},
        {"end": {"server.files": 35}},
        {"otherwise": {"no welcome": 1}},
    ],
)
def test_memory_that_grew_or_anything_left_or_otherwise_is_not(wrong: dict[str, Any]) -> None:
    assert not report(**wrong).is_clean


def test_of_few_visits_the_memory_is_not_judged() -> None:
    assert report(count=ENOUGH // 2, last=200).is_clean


def test_what_is_kept_on_purpose_is_not_left() -> None:
    assert report(end={"delivered.remembered": 400}).left == {}


@pytest.mark.lab
def test_a_small_run_leaves_nothing_in_the_node(var: Path) -> None:
    ended = run(var, "bench.churn", *SMALL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Nothing stayed behind." in ended.stdout
    [file] = (var / "bench").glob("churn-*.json")
    figures = json.loads(file.read_bytes())
    assert figures["done"] == {"clean": 34, "abrupt": 13, "refused": 13}
    assert max(sample["gauges"]["hub.sockets"] for sample in figures["samples"]) > 0
    ElementTree.parse(file.with_suffix(".svg"))
