"""The fault lab, small: a real site with two nodes behind NGINX, three faults, and nothing lost."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
SMALL = "--people 24 --rooms-of 6 --rate 12 --nodes 2 --peace 1 --seconds 2 --seed 1 --no-control".split()
FAULTS = ["node-killed", "redis-killed", "subscriber-cut"]


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="collab-faults-test-") as name:
        # Where this is root, PostgreSQL runs as somebody else.
        Path(name).chmod(0o711)
        yield Path(name)


def lab(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench.faults", *arguments],
        cwd=PROJECT,
        env=os.environ | {"VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_nothing_is_lost_when_a_node_dies_redis_dies_or_a_subscriber_is_cut(var: Path) -> None:
    run = lab(var, *SMALL, *(word for fault in FAULTS for word in ("--fault", fault)))

    assert run.returncode == 0, run.stdout + run.stderr
    [file] = (var / "bench").glob("*.json")
    outcomes = json.loads(file.read_bytes())["outcomes"]
    assert [each["fault"] for each in outcomes] == FAULTS
    assert all(set(each["faults"].values()) == {0} for each in outcomes)
    assert all(each["accepted"] == each["said"] > 0 for each in outcomes)
    assert "Seed 1: make faults SEED=1" in run.stderr
    # Of a process that has just ended there is no command line.
    running = psutil.process_iter(["cmdline"])
    assert not [each for each in running if str(var) in " ".join(each.info["cmdline"] or ())]


def test_a_fault_that_does_not_exist_is_said_so_in_one_line(var: Path) -> None:
    run = lab(var, "--fault", "flood")

    assert run.returncode == 1
    assert "'flood' is none of: none, node-killed" in run.stderr
    assert run.stderr.count("\n") == 1
