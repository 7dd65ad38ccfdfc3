"""Commands of the bench as a person starts them, and what they leave running."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


def run(var: Path, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a module to its end, with its files in `var`."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=os.environ | {"VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def refusal(read: Callable[[Sequence[str]], object], arguments: list[str]) -> str:
    """The one line with which a command line is refused."""
    with pytest.raises(SystemExit) as refused:
        read(arguments)

    said = str(refused.value)
    assert said.startswith("bench: ")
    assert "\n" not in said
    return said


def left_running(var: Path) -> list[list[str]]:
    """Command lines of processes that have to do with `var`."""
    # Of a process that has just ended there is no command line.
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(var) in " ".join(line)]
