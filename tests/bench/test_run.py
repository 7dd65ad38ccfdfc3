"""Scenarios, tiny: real sites, a real load, a report, and nothing left behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.scenarios.catalog import SCENARIOS
from tests.bench.commands import left_running, run

#: Scenarios whose times are drawn.
DRAWN = {"team", "storm", "crowd", "halls", "machine", "nodes"}
#: Of which scenarios there is more than one run. How often `burst` tries depends on what the machine holds.
RUNS = {"polling": 3, "nodes": 2, "metrics": 2}


def played(var: Path, *names: str) -> dict[str, Any]:
    """By scenario, what a quick run of these found; they kept every promise, and left only their figures."""
    ended = run(var, "bench.run", *names, "--quick", "--plots", str(var / "plots"))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("All promises kept.") == len(names)
    [file] = (var / "bench").iterdir()
    outcomes = {each["scenario"]: each for each in json.loads(file.read_bytes())["outcomes"]}
    assert tuple(outcomes) == names
    for name, outcome in outcomes.items():
        assert len(outcome["runs"]) == RUNS.get(name, 1) or (name == "burst" and len(outcome["runs"]) > 1)
        for each in outcome["runs"]:
            check(each)
    assert {each.stem for each in (var / "plots").iterdir()} == DRAWN & set(names)
    assert not left_running(var)
    return outcomes


def check(run: dict[str, Any]) -> None:
    """Everything was accepted, delivered, and read in the log."""
    seen = run["result"]
    assert seen["accepted"] == seen["sent"]
    assert seen["delivered"] == seen["expected"] == seen["to_screens"]["count"]
    # In the log stands what was said, and nothing else.
    assert seen["log_read"] == seen["sent"]
    assert set(seen["faults"].values()) == {0}
    assert {"Daphne", "PostgreSQL", "Valkey", "worker", "load generator"} <= set(run["usage"]["cpu"])


def test_a_plain_scenario_and_one_that_looks_for_a_rate_are_measured(var: Path) -> None:
    outcomes = played(var, "team", "burst")
    assert outcomes["team"]["runs"][0]["result"]["delivered"] == 20 * 4
    assert outcomes["burst"]["figures"].keys() == {"held, messages/s"}


@pytest.mark.lab
def test_every_scenario_is_measured(var: Path) -> None:
    outcomes = played(var, *SCENARIOS)
    assert outcomes["crowd"]["runs"][0]["result"]["delivered"] == 3 * 40
    assert outcomes["polling"]["figures"]["answered polls"] > 0
    # So soon no page has confirmed an event that is timed.
    assert outcomes["metrics"]["figures"]["legs that a scrape shows"] >= 3
