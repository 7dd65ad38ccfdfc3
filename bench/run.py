"""`make bench`: start a site, seat people in it, put load on it from outside, judge, report."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import psutil

from bench import options, program, usage
from bench.errors import CannotMeasure
from bench.options import Options
from bench.plan import Job, Seat
from bench.program import say
from bench.report import Report, table
from bench.result import Result
from bench.site import RunningSite, own_site
from collab.embedded.environment import PROJECT


def main() -> int:
    """Measure what the command line asks for; 0 only where every promise was kept."""
    asked = options.read(sys.argv[1:])
    return program.run("bench", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Measure, tell and keep."""
    with site_for(asked, folder) as site:
        report = measure(asked, site)
    print(f"{table(report)}\n")
    program.keep(report, folder, "bench")
    return 0 if report.result.is_clean else 1


@contextmanager
def site_for(asked: Options, folder: Path) -> Iterator[RunningSite]:
    """The site that is measured: the one at `--url`, or one of its own."""
    if asked.url:
        yield RunningSite(asked.url, usage.listener(urlsplit(asked.url).port or 80), dict(os.environ))
        return
    say("Starting a site.")
    with own_site(folder) as site:
        yield site


def measure(asked: Options, site: RunningSite) -> Report:
    """Seat people, pin, load, and read the meters at the right moments."""
    census = usage.Census(site.root)
    cores = usage.cores() if asked.pin else None
    with tempfile.TemporaryDirectory(prefix="collab-bench-") as name:
        files = Path(name) / "job.json", Path(name) / "result.json"
        say(f"Seating {asked.sockets:,} people in {asked.rooms:,} rooms.")
        seats = seat(asked, site, Path(name) / "seats.json")
        files[0].write_bytes(msgspec.json.encode(Job(site.url, seats, asked.rate, asked.seconds)))
        if cores and not asked.url:
            usage.pin(census.web().pid, cores[0])
        with load(files) as generator:
            if cores:
                usage.pin(generator.pid, cores[1])
            return watch(asked, census, generator, files[1], cores)


def seat(asked: Options, site: RunningSite, file: Path) -> list[Seat]:
    """Have the people made, in the site's environment."""
    command = [sys.executable, "-m", "bench.cast", str(asked.sockets), str(asked.rooms_of), str(file)]
    run = subprocess.run(command, cwd=PROJECT, env=site.environment, capture_output=True, text=True, check=False)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise CannotMeasure(f"the people could not be seated: {last}")
    return msgspec.json.decode(file.read_bytes(), type=list[Seat])


@contextmanager
def load(files: tuple[Path, Path]) -> Iterator["subprocess.Popen[str]"]:
    """The load generator; ended if it has not ended by itself."""
    command = [sys.executable, "-m", "bench.load", *map(str, files)]
    pipe = subprocess.PIPE
    generator = subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    try:
        yield generator
    finally:
        generator.kill()
        generator.communicate()


def watch(
    asked: Options,
    census: usage.Census,
    generator: "subprocess.Popen[str]",
    result: Path,
    cores: tuple[int, int] | None,
) -> Report:
    """Go through the measurement with the generator."""
    say("Opening the sockets.")
    await_word(generator, "one")
    memory_before = census.memory()
    go_on(generator)
    await_word(generator, "ready")
    memory_after, load_before, before = census.memory(), os.getloadavg()[0], readings(census, generator)
    watched = {"Daphne": census.web().pid, "the load": generator.pid}
    waited = {name: usage.waited(pid) for name, pid in watched.items()}
    say(f"Saying {asked.rate:,} messages a second for {asked.seconds} s.")
    go_on(generator)
    await_word(generator, "over")
    after, load_after, memory_end = readings(census, generator), os.getloadavg()[0], census.memory()
    waited = {name: usage.waited(pid) - waited[name] for name, pid in watched.items()}
    say("Reading the log again.")
    go_on(generator)
    if generator.wait():
        raise CannotMeasure(last_words(generator))
    return Report(
        sockets=asked.sockets,
        rooms_of=asked.rooms_of,
        rate=asked.rate,
        asked_seconds=asked.seconds,
        result=msgspec.json.decode(result.read_bytes(), type=Result),
        cpu=usage.used(before, after),
        waited=waited,
        memory=(memory_before, memory_after, memory_end),
        load_average=(load_before, load_after),
        cores=psutil.cpu_count() or 1,
        pinned=bool(cores),
        own_site=not asked.url,
    )


def readings(census: usage.Census, generator: "subprocess.Popen[str]") -> usage.Reading:
    """The meters of the site and of the generator."""
    times = psutil.Process(generator.pid).cpu_times()
    return census.read() | {generator.pid: ("load generator", times.user + times.system)}


def await_word(generator: "subprocess.Popen[str]", word: str) -> None:
    """Wait until the generator is so far."""
    assert generator.stdout is not None
    if generator.stdout.readline().strip() != word:
        raise CannotMeasure(last_words(generator))


def go_on(generator: "subprocess.Popen[str]") -> None:
    """Let the generator go on."""
    assert generator.stdin is not None
    print(file=generator.stdin, flush=True)


def last_words(generator: "subprocess.Popen[str]") -> str:
    """Why the generator ended."""
    assert generator.stderr is not None
    lines = generator.stderr.read().strip().splitlines() or ["the load generator ended without a word."]
    return lines[-1].removeprefix("bench: ")


if __name__ == "__main__":
    sys.exit(main())
