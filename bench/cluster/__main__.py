"""`make cluster`: a site on several machines, broken while people talk, and the uptime that follows from it."""

import sys
from pathlib import Path

import uvloop

from bench import program
from bench.cluster import options
from bench.cluster.options import Options
from bench.cluster.report import is_enough, page
from bench.cluster.runs import run
from bench.open_files import allow_sockets
from bench.program import say


def main() -> int:
    """Do what the command line asks for; 0 only where no promise was broken and the uptime is enough."""
    asked = options.read(sys.argv[1:])
    return program.run("cluster", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Break it, tell and keep."""
    say(f"Seed {asked.seed}.")
    allow_sockets(asked.people * 4)
    blows = uvloop.run(run(asked, folder))
    print(f"\n{page(asked, blows)}\n")
    program.keep({"asked": asked, "blows": blows}, folder, "cluster")
    return 0 if is_enough(blows) and all(each.outcome.is_clean for each in blows) else 1


if __name__ == "__main__":
    sys.exit(main())
