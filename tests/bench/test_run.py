"""The whole measurement, small: a real site, a real load, a report, and nothing left behind."""

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


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="collab-bench-test-") as name:
        # Where this is root, PostgreSQL runs as somebody else.
        Path(name).chmod(0o711)
        yield Path(name)


def bench(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench.run", *arguments],
        cwd=PROJECT,
        env=os.environ | {"VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_small_load_is_delivered_reported_and_leaves_only_its_figures(var: Path) -> None:
    run = bench(var, "--sockets", "6", "--rooms-of", "3", "--rate", "20", "--seconds", "1")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "All promises kept." in run.stdout
    [file] = (var / "bench").iterdir()
    figures = json.loads(file.read_bytes())
    assert figures["result"]["accepted"] == figures["result"]["sent"] == 20
    assert figures["result"]["delivered"] == figures["result"]["expected"] == 60
    assert figures["result"]["log_read"] == 20
    assert set(figures["result"]["faults"].values()) == {0}
    assert figures["result"]["to_screens"]["count"] == 60
    assert {"Daphne", "PostgreSQL", "Valkey", "worker", "load generator"} <= set(figures["cpu"])
    # Of a process that has just ended there is no command line.
    running = psutil.process_iter(["cmdline"])
    assert not [each for each in running if str(var) in " ".join(each.info["cmdline"] or ())]


def test_a_site_that_does_not_run_is_said_so_in_one_line(var: Path) -> None:
    run = bench(var, "--quick", "--url", "http://127.0.0.1:1")

    assert run.returncode == 1
    assert run.stderr == "bench: no process of this person's listens on port 1; start the site first.\n"
