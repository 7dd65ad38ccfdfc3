"""What churn is asked for, within bounds."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.arguments import Parser, between


class Options(msgspec.Struct, frozen=True):
    """A run: `count` visits, at most `rate` of them begun a second, by `people` in rooms of `rooms_of`."""

    count: int
    rate: int
    seed: int
    people: int
    rooms_of: int
    plot: Path | None = None


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make churn", description="Connect and disconnect, and look what stays behind in the node.")
    parser.add_argument("--count", type=between(10, 1_000_000), default=200_000, help="connects (200000)")
    parser.add_argument("--rate", type=between(1, 2_000), default=100, help="connects a second, at most (100)")
    parser.add_argument("--seed", type=between(0, 2**31), default=1, help="who comes how (1)")
    parser.add_argument(
        "--people", type=between(2, 5_000), default=400, help="signed-in people who come by turns (400)"
    )
    parser.add_argument("--rooms-of", type=between(2, 200), default=20, help="people a room (20)")
    parser.add_argument("--plot", type=Path, help="where the picture goes, beside the figures")
    given = parser.parse_args(arguments)
    parser.deal("--people", given.people, given.rooms_of)
    return Options(given.count, given.rate, given.seed, given.people, given.rooms_of, given.plot)
