"""What all benches have in common as programs: how they end, what they tell meanwhile, and where their figures are."""

import datetime
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.errors import CannotMeasure
from collab.embedded.environment import var_folder


def run(name: str, work: Callable[[Path], int]) -> int:
    """Do the work of a program; its exit code.

    Args:
        name: of the program, for what goes wrong.
        work: is given the folder of all benches.
    """
    # Also where whoever started this has it ignored, as a shell does with what runs in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _stop)
    folder = var_folder(os.environ) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return work(folder)
    except CannotMeasure as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def keep(report: object, folder: Path, name: str) -> Path:
    """Write all figures of a run as JSON, with the time in the file's name; the file."""
    now = datetime.datetime.now(datetime.UTC)
    file = folder / f"{name}-{now:%Y-%m-%dT%H-%M-%S}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report, enc_hook=str)))
    print(f"All figures: {file}")
    return file


def _stop(*_: object) -> None:
    """End in order, as for Ctrl-C: asyncio then cancels the work, where raising here could end its loop at once."""
    signal.raise_signal(signal.SIGINT)
