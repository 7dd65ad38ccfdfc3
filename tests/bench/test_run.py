"""The whole measurement, small: a real site, a real load, a report, and nothing left behind."""

import json
from pathlib import Path

from tests.bench.commands import left_running, run


def test_a_small_load_is_delivered_reported_and_leaves_only_its_figures(var: Path) -> None:
    ended = run(var, "bench.run", "--sockets", "6", "--rooms-of", "3", "--rate", "20", "--seconds", "1")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "All promises kept." in ended.stdout
    [file] = (var / "bench").iterdir()
    figures = json.loads(file.read_bytes())
    assert figures["result"]["accepted"] == figures["result"]["sent"] == 20
    assert figures["result"]["delivered"] == figures["result"]["expected"] == 60
    assert figures["result"]["log_read"] == 20
    assert set(figures["result"]["faults"].values()) == {0}
    assert figures["result"]["to_screens"]["count"] == 60
    assert {"Daphne", "PostgreSQL", "Valkey", "worker", "load generator"} <= set(figures["cpu"])
    assert not left_running(var)


def test_a_site_that_does_not_run_is_said_so_in_one_line(var: Path) -> None:
    ended = run(var, "bench.run", "--quick", "--url", "http://127.0.0.1:1")

    assert ended.returncode == 1
    assert ended.stderr == "bench: no process of this person's listens on port 1; start the site first.\n"
