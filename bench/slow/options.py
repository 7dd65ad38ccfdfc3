"""What is asked for, within bounds."""

from collections.abc import Sequence

import msgspec

from bench.arguments import Parser, between


class Options(msgspec.Struct, frozen=True):
    """`pairs` of rounds of `seconds` each: `people` and `readers` in one room, and `rate` messages of `size` a second.

    In the second round of each pair the `readers` have stopped reading.
    """

    people: int
    readers: int
    rate: int
    size: int
    seconds: int
    pairs: int
    seed: int


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make slow-reader", description="Have people stop reading, and look who pays for it.")
    parser.add_argument("--people", type=between(2, 500), default=20, help="who reads (20)")
    parser.add_argument(
        "--readers", type=between(1, 500), default=10, help="who stops reading in every second round (10)"
    )
    parser.add_argument("--rate", type=between(1, 200), default=15, help="messages a second (15)")
    parser.add_argument("--size", type=between(100, 16_000), default=8_000, help="characters of a message (8000)")
    parser.add_argument("--seconds", type=between(1, 600), default=30, help="of each round (30)")
    parser.add_argument("--pairs", type=between(1, 100), default=5, help="of rounds, without and with (5)")
    parser.add_argument("--seed", type=between(0, 2**31), default=1, help="who says what (1)")
    given = parser.parse_args(arguments)
    return Options(given.people, given.readers, given.rate, given.size, given.seconds, given.pairs, given.seed)
