"""The fault lab, small: a real site with two nodes behind NGINX, three faults, and nothing lost."""

import json
from pathlib import Path

from tests.bench.commands import left_running, run

SMALL = "--people 24 --rooms-of 6 --rate 12 --nodes 2 --peace 1 --seconds 2 --seed 1 --no-control".split()
FAULTS = ["node-killed", "redis-killed", "beat-killed"]


def test_nothing_is_lost_when_a_node_redis_or_beat_dies(var: Path) -> None:
    ended = run(var, "bench.faults", *SMALL, *(word for fault in FAULTS for word in ("--fault", fault)))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    [file] = (var / "bench").glob("*.json")
    outcomes = json.loads(file.read_bytes())["outcomes"]
    assert [each["fault"] for each in outcomes] == FAULTS
    assert all(set(each["faults"].values()) == {0} for each in outcomes)
    assert [each["accepted"] for each in outcomes] == [each["said"] for each in outcomes], ended.stderr
    assert all(each["said"] for each in outcomes)
    mails = outcomes[-1]["mails"]
    assert mails["told"] == mails["owed"] == outcomes[-1]["accepted"]
    assert mails["twice"] == 0
    assert "Seed 1: make faults SEED=1" in ended.stderr
    assert not left_running(var)


def test_a_fault_that_does_not_exist_is_said_so_in_one_line(var: Path) -> None:
    ended = run(var, "bench.faults", "--fault", "flood")

    assert ended.returncode == 1
    assert "'flood' is none of: none, node-killed" in ended.stderr
    assert ended.stderr.count("\n") == 1
