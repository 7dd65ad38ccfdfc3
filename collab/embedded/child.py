"""A process of the site that comes back when it dies."""

import contextlib
import os
import re
import shlex
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from circus.process import DEAD_OR_ZOMBIE, UNEXISTING
from circus.watcher import Watcher

from .output import Output
from .terminal import Terminal

# A child that lived this long (seconds) is started again at once; the others wait twice as long each time.
LONG_LIFE = 20.0
LONGEST_WAIT = 30.0


class Child(Watcher):
    """One process under Circus: in a session of its own, so that the terminal's Ctrl-C does not reach it.

    Circus starts it, reads its pipes, reaps it, starts it again, and ends it with its own signal, then by
    force. Added here: the wait before a new start grows, and a death is told with the last lines.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        terminal: Terminal,
        *,
        folder: Path,
        stop_signal: str = "SIGTERM",
        patience: float = 15.0,
        only: re.Pattern[str] | None = None,
        spawned: Callable[[], None] = lambda: None,
    ) -> None:
        self.terminal = terminal
        self.output = Output(name, terminal, only=only)
        self.spawned = spawned
        self.deaths = 0
        self.wait = 0.0
        self.not_before = 0.0
        self.patience = patience
        super().__init__(
            name,
            shlex.join(command),
            working_dir=str(folder),
            env={"PYTHONUNBUFFERED": "1"},
            copy_env=True,
            singleton=True,
            autostart=False,
            graceful_timeout=patience,
            stop_signal=signal.Signals[stop_signal],
            stdout_stream={"stream": self.output},
            stderr_stream={"stream": self.output},
            hooks={
                "after_spawn": (self.tell_spawn, True),
                "before_reap": (self.hear_out, True),
                "after_reap": (self.tell_death, True),
            },
        )

    def tell_spawn(self, **_: object) -> bool:
        """A process of it runs now."""
        self.spawned()
        return True

    def hear_out(self, *, process_pid: int, **_: object) -> bool:
        """Read its last words: Circus closes the pipes unread, and the loop would go on watching them."""
        process = self.processes[process_pid]
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            if pipe.closed:
                continue
            os.set_blocking(pipe.fileno(), False)
            with contextlib.suppress(BlockingIOError):
                while data := os.read(pipe.fileno(), 65536):
                    self.output({"data": data, "pid": process_pid, "name": name})
        self.stream_redirector.remove_redirections(process)
        return True

    def tell_death(self, *, exit_code: int | None, process_pid: int, **_: object) -> bool:
        """It died by itself: say so, and settle when it comes back."""
        if self.is_stopping() or self.is_stopped():
            return True
        self.deaths += 1
        lived = time.monotonic() - self.not_before
        self.wait = 0.0 if lived > LONG_LIFE else min(max(1.0, self.wait * 2), LONGEST_WAIT)
        self.not_before = time.monotonic() + self.wait
        for line in self.output.kept_back():
            self.terminal.say(self.name, line)
        again = "Starting it again" + (f" in {self.wait:.0f} s." if self.wait else ".")
        self.terminal.say("collab", f"{self.name} (process {process_pid}) {ended(exit_code)}. {again}")
        return True

    async def manage_processes(self) -> None:
        """Circus asks every half second: note deaths, start what is missing once its wait is over."""
        for pid, process in list(self.processes.items()):
            if process.status in {DEAD_OR_ZOMBIE, UNEXISTING}:
                self.reap_process(pid)
        if self.processes or time.monotonic() >= self.not_before:
            await super().manage_processes()

    def end(self) -> Awaitable[None]:
        """Send the stop signal, wait, use force after `patience` seconds."""
        ended: Awaitable[None] = self._stop(close_output_streams=True)
        return ended


def ended(exit_code: int | None) -> str:
    """How a process ended, in words."""
    if exit_code is None:
        return "ended"
    if exit_code < 0:
        return f"was killed by {signal.Signals(-exit_code).name}"
    return f"ended with code {exit_code}"
