"""Programs that a bench runs beside itself: commands of a site, and loads that it talks with."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping

from bench.errors import CannotMeasure
from collab.embedded.environment import PROJECT

#: Bytes of a line that a load may write.
LONGEST = 2**24


async def command(environment: Mapping[str, str], *arguments: str, failed: str = "") -> str:
    """Run one of a site's commands in its environment; what it wrote.

    Args:
        environment: of the site.
        arguments: of Python.
        failed: what is said where it fails; by default that the first of these arguments did.

    Raises:
        CannotMeasure: it failed, with its last line.
    """
    run = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=PROJECT, env=environment, stdout=PIPE, stderr=PIPE
    )
    output, errors = await run.communicate()
    if run.returncode:
        what = failed or f"{' '.join(arguments[:2])} failed"
        raise CannotMeasure(f"{what}: {last_line(errors, 'it did not say why')}")
    return output.decode()


@contextlib.asynccontextmanager
async def load(*arguments: str) -> AsyncIterator[Process]:
    """A module that is talked with by its standard input and output; ended if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=PROJECT, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LONGEST
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def last_words(process: Process, program: str) -> str:
    """Why a load of a program ended."""
    assert process.stderr is not None
    last = last_line(await process.stderr.read(), "the load generator ended without a word.")
    return last.removeprefix(f"{program}: ")


def last_line(output: bytes, nothing: str) -> str:
    """Of what was written; something else, where nothing was."""
    return (output.decode().strip().splitlines() or [nothing])[-1]
