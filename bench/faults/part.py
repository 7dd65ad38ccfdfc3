"""One process of the lab's site that may be killed, hung and brought back: this one, and no other's."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import psutil

from bench import usage
from bench.errors import CannotMeasure
from collab.embedded.environment import PROJECT
from collab.embedded.server import tethered

STEP = 0.05
PATIENCE = 30.0


class Part:
    """A command in a session of its own, which ends with the lab however that ends.

    Args:
        name: what it is called in reports; its output goes to `folder`/name.log.
        command: what runs, without the tether.
        stop_signal: ends it in good order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stop_signal: str = "SIGTERM",
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log = folder / f"{name}.log"
        self.stop_signal = signal.Signals[stop_signal]
        self.process: subprocess.Popen[bytes] | None = None
        self._is_wanted = False

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self.process is not None
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """It was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def has_fallen(self) -> bool:
        """It ended by itself: nobody stopped or killed it."""
        return self._is_wanted and not self.is_running

    def start(self) -> None:
        """Start it; on the main thread, for it ends with the thread that started it."""
        self._is_wanted = True
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def family(self) -> list[psutil.Process]:
        """It and its children."""
        return usage.family(self.pid)

    def signal(self, number: signal.Signals, *, family: bool = False) -> None:
        """Send a signal to it, or to all its children, too."""
        if not family:
            if self.is_running:
                os.kill(self.pid, number)
            return
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    async def kill(self) -> None:
        """End it and its children at once, in the middle of whatever they do."""
        self._is_wanted = False
        self.signal(signal.SIGKILL, family=True)
        await self.ended()

    def hang(self) -> None:
        """Stop it and its children where they stand; connections stay open and nothing answers."""
        self.signal(signal.SIGSTOP, family=True)

    def wake(self) -> None:
        """Let them go on."""
        self.signal(signal.SIGCONT, family=True)

    async def stop(self, patience: float = PATIENCE) -> float:
        """End it in good order, by force after `patience` seconds; how many seconds it took."""
        began = time.monotonic()
        self._is_wanted = False
        if self.is_running:
            self.signal(self.stop_signal)
            try:
                await self.ended(patience)
            except CannotMeasure:
                await self.kill()
        return time.monotonic() - began

    async def ended(self, within: float = PATIENCE) -> None:
        """Wait until it has ended. Raises CannotMeasure if it does not within so many seconds."""
        await until(lambda: not self.is_running, f"{self.name} does not end", within)

    def last_words(self) -> str:
        """The last line it wrote."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "it said nothing"


def site_part(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Part:
    """A program of the site's own, tied to this process."""
    return Part(name, tethered(list(command)), folder, environment)


async def until(holds: Callable[[], bool], otherwise: str, within: float = PATIENCE) -> None:
    """Wait for something that is looked up at once.

    Raises:
        CannotMeasure: it does not come within so many seconds.
    """

    async def look() -> bool:
        return holds()

    await until_told(look, otherwise, within)


async def until_told(holds: Callable[[], Awaitable[bool]], otherwise: str, within: float = PATIENCE) -> None:
    """Wait for something that has to be asked for.

    Raises:
        CannotMeasure: it does not come within so many seconds.
    """
    end = time.monotonic() + within
    while not await holds():
        if time.monotonic() > end:
            raise CannotMeasure(f"{otherwise} within {within:.0f} s.")
        await asyncio.sleep(STEP)


def answers(address: str) -> bool:
    """An address of the lab's own answers with 200."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 — the lab's own address.
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def keep_logs(of: Path, to: Path) -> None:
    """Keep what the parts in a folder said until the next run."""
    to.mkdir(exist_ok=True)
    for log in of.glob("*.log"):
        shutil.copy(log, to)
