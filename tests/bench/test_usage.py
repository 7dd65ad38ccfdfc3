import os
import subprocess
import sys

import psutil
import pytest

from bench import usage
from bench.errors import CannotMeasure


def test_cpu_is_the_difference_by_part_and_new_processes_count_in_full() -> None:
    before = {1: ("Daphne", 2.0), 2: ("PostgreSQL", 1.0), 9: ("PostgreSQL", 7.0)}
    after = {1: ("Daphne", 5.5), 2: ("PostgreSQL", 1.5), 3: ("PostgreSQL", 0.25)}

    assert usage.used(before, after) == {"Daphne": 3.5, "PostgreSQL": 0.75}


def test_a_tree_without_daphne_is_said_so() -> None:
    # A tree of one: this process itself may have a node among its children.
    sleeper = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        with pytest.raises(CannotMeasure, match="no Daphne"):
            usage.Census(sleeper.pid).nodes()
    finally:
        sleeper.communicate()


def test_a_process_is_kept_on_one_core() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        core = min(os.sched_getaffinity(0))
        usage.pin(sleeper.pid, core)
        assert psutil.Process(sleeper.pid).cpu_affinity() == [core]
    finally:
        sleeper.communicate()


def test_what_the_bench_uses_itself_is_not_the_sites() -> None:
    used = usage.Usage(10.0, {"Daphne": 2.0, "PostgreSQL": 1.0, "load generator": 5.0, "bench": 4.0}, {}, (0.0, 0.0))

    assert used.of_site() == 3.0
