"""Every scenario, tiny: real sites, a real load, a report, and nothing left behind."""

import json
from pathlib import Path

from bench.scenarios.catalog import SCENARIOS
from tests.bench.commands import left_running, run

#: Scenarios whose times are drawn.
DRAWN = {"team", "storm", "crowd", "halls", "machine"}


def test_a_quick_run_keeps_every_promise_and_leaves_only_its_figures(var: Path) -> None:
    ended = run(var, "bench.run", "--quick", "--plots", str(var / "plots"))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("All promises kept.") == len(SCENARIOS)
    [file] = (var / "bench").iterdir()
    outcomes = {each["scenario"]: each for each in json.loads(file.read_bytes())["outcomes"]}
    assert list(outcomes) == list(SCENARIOS)
    for outcome in outcomes.values():
        for each in outcome["runs"]:
            seen = each["result"]
            assert seen["accepted"] == seen["sent"]
            assert seen["delivered"] == seen["expected"] == seen["to_screens"]["count"]
            # In the log stands what was said, and nothing else.
            assert seen["log_read"] == seen["sent"]
            assert set(seen["faults"].values()) == {0}
            assert {"Daphne", "PostgreSQL", "Valkey", "worker", "load generator"} <= set(each["usage"]["cpu"])
    assert {name: len(each["runs"]) for name, each in outcomes.items() if len(each["runs"]) > 1} == {
        "burst": 2,
        "polling": 3,
        "nodes": 2,
        "metrics": 2,
    }
    assert outcomes["team"]["runs"][0]["result"]["delivered"] == 20 * 4
    assert outcomes["crowd"]["runs"][0]["result"]["delivered"] == 3 * 40
    assert outcomes["polling"]["figures"]["answered polls"] > 0
    assert outcomes["burst"]["figures"].keys() == {"held, messages/s"}
    # So soon no page has confirmed an event that is timed.
    assert outcomes["metrics"]["figures"]["legs that a scrape shows"] >= 3
    assert {each.stem for each in (var / "plots").iterdir()} == DRAWN | {"nodes"}
    assert not left_running(var)
