"""What a run of operations is asked for, within bounds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.arguments import Parser, between


@dataclass(frozen=True, slots=True)
class Options:
    """A run. `cuts` come in a thousand operations; `every` so many operations everything is compared."""

    count: int
    people: int
    rooms: int
    nodes: int
    seed: int
    cuts: int
    every: int
    depth: int


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make operations", description="Do many things at once, cut lines, and compare everything.")
    parser.add_argument("--count", type=between(1, 10_000_000), default=20_000, help="operations (20000)")
    parser.add_argument("--people", type=between(4, 2_000), default=100, help="signed-in people, a socket each (100)")
    parser.add_argument("--rooms", type=between(1, 1_000), help="public and private rooms (one for four people)")
    parser.add_argument("--nodes", type=between(1, 8), default=2, help="nodes (2)")
    parser.add_argument("--seed", type=between(0, 2**31), help="for all draws (drawn)")
    parser.add_argument("--cuts", type=between(0, 100), default=4, help="cuts in a thousand operations (4)")
    parser.add_argument("--every", type=between(1, 1_000_000), default=20_000, help="operations per comparison (20000)")
    parser.add_argument("--depth", type=between(1, 64), default=12, help="commands of one client under way (12)")
    given = parser.parse_args(arguments)
    return Options(
        count=given.count,
        people=given.people,
        rooms=given.rooms or max(2, given.people // 4),
        nodes=given.nodes,
        seed=random.SystemRandom().randrange(10_000) if given.seed is None else given.seed,
        cuts=given.cuts,
        every=given.every,
        depth=given.depth,
    )
