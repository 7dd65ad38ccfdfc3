"""A site started by `manage.py up`, as a test sees it: its lines, its processes, its end."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parent.parent.parent

# Set by tests/conftest.py for the tests themselves; `up` must do without.
OURS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "EXTRA_ORIGINS", "VAR_DIR", "EMAIL_URL", "PORT", "HOST"}
PATIENCE = 60.0


def environment(**variables: str) -> dict[str, str]:
    """The environment of a person who starts the site."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refusal(**variables: str) -> str:
    """What `up` says when it does not start: the one line on its error output."""
    run = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=PROJECT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert len(run.stderr.splitlines()) == 1, run.stderr
    return run.stderr.strip()


class RunningSite:
    """Everything it prints is kept in `lines`."""

    def __init__(self, var: Path, port: int, *command: str, **variables: str) -> None:
        self.var = var
        self.port = port
        self.lines: list[str] = []
        self.said = threading.Condition()
        self.process = subprocess.Popen(
            command or [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=environment(VAR_DIR=str(var), PORT=str(port), **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.said:
                self.lines.append(line.rstrip())
                self.said.notify_all()

    def await_line(self, pattern: str, *, after: int = 0, within: float = PATIENCE) -> str:
        """The first line after the given number of lines that matches."""

        def found() -> str | None:
            return next((line for line in self.lines[after:] if re.search(pattern, line)), None)

        with self.said:
            line = self.said.wait_for(found, within)
        assert line is not None, f"{pattern!r} was not said:\n" + "\n".join(self.lines)
        return line

    def processes(self) -> list[psutil.Process]:
        """All that it started, and what those started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, mark: str) -> psutil.Process:
        """The first of its own processes whose command line contains the mark."""
        return next(
            process
            for process in psutil.Process(self.process.pid).children(recursive=True)
            if mark in " ".join(process.cmdline())
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it and wait; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code
