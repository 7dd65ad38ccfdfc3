"""What the lab is asked for, within bounds."""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.arguments import Parser, between
from bench.faults.catalog import FAULTS

#: Other words for a fault.
ALIASES = {"redis-hang": "redis-hung", "node-hang": "node-hung", "postgres-hang": "postgres-hung"}


@dataclass(frozen=True, slots=True)
class Options:
    """A run: each fault once, then `random` more drawn by the seed. `peace` and `calm` in seconds."""

    faults: list[str]
    seed: int
    people: int
    rooms_of: int
    rate: int
    nodes: int
    peace: int
    calm: int
    random: int
    control: bool
    strict: bool


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make faults", description="Break a site under load, one part at a time, and judge.")
    parser.add_argument("--fault", action="append", type=known, help="one of: " + ", ".join(FAULTS))
    parser.add_argument("--seed", type=between(0, 2**31), help="for the draw of people, times and nodes (drawn)")
    parser.add_argument("--people", type=between(2, 2_000), default=200, help="signed-in people (200)")
    parser.add_argument("--rooms-of", type=between(2, 200), default=20, help="people a room (20)")
    parser.add_argument("--rate", type=between(1, 500), default=60, help="messages a second, over all rooms (60)")
    parser.add_argument("--nodes", type=between(1, 8), default=3, help="nodes behind NGINX (3)")
    parser.add_argument("--peace", type=between(1, 600), default=8, help="seconds of load before a fault (8)")
    parser.add_argument("--seconds", type=between(1, 600), default=10, help="seconds of load after it (10)")
    parser.add_argument("--random", type=between(0, 1_000), help="faults by lot after the list (10; 0 with --fault)")
    parser.add_argument("--no-control", action="store_true", help="without the chat of Channels' tutorial beside it")
    parser.add_argument("--strict", action="store_true", help="end with an error also where something came too late")
    given = parser.parse_args(arguments)
    parser.deal("--people", given.people, given.rooms_of)
    return Options(
        faults=given.fault or list(FAULTS),
        seed=random.SystemRandom().randrange(10_000) if given.seed is None else given.seed,
        people=given.people,
        rooms_of=given.rooms_of,
        rate=given.rate,
        nodes=given.nodes,
        peace=given.peace,
        calm=given.seconds,
        control=not given.no_control,
        strict=given.strict,
        random=given.random if given.random is not None else 0 if given.fault else 10,
    )


def again(seed: int, arguments: Sequence[str]) -> str:
    """The command that does the same once more."""
    rest = list(arguments)
    if "--seed" in rest:
        at = rest.index("--seed")
        del rest[at : at + 2]
    return f"make faults SEED={seed}" + (f' FAULTS="{" ".join(rest)}"' if rest else "")


def known(word: str) -> str:
    """Reads the name of a fault."""
    word = ALIASES.get(word, word)
    if word not in FAULTS:
        raise argparse.ArgumentTypeError(f"{word!r} is none of: {', '.join(FAULTS)}.")
    return word
