"""What a run of the cluster is asked for, within bounds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.arguments import Parser, between, one_of
from bench.cluster.injections import FAULTS

DESCRIPTION = """
Start a site on several machines, break one after another while people talk, and reckon the uptime of a year.
A user-second is one second of one person. It is lost where the person had no greeted socket for a moment of it, where
something they sent was not acknowledged within 2 s, or where something stored for them was not on their screen within
2 s: then all seconds of the wait are. Each person sends once a second. The same is told for 0.5 s.
"""
NETWORKS = ("namespaces", "loopback")


@dataclass(frozen=True, slots=True)
class Options:
    """A run. `peace` and `calm` in seconds; `network`: one of `NETWORKS`, empty: whichever can be had."""

    faults: list[str]
    seed: int
    people: int
    rooms_of: int
    rooms_each: int
    nodes: int
    peace: int
    calm: int
    network: str
    pgbouncer: bool


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make cluster", description=DESCRIPTION)
    names = f"one, or several by more of it; all, if none is named: {', '.join(FAULTS)}"
    parser.add_argument("--fault", action="append", type=one_of(FAULTS), help=names)
    parser.add_argument("--seed", type=between(0, 2**31), help="for the draw of people, times and nodes (drawn)")
    parser.add_argument("--people", type=between(2, 500), default=60, help="signed-in people (60)")
    parser.add_argument("--rooms-of", type=between(2, 500), default=20, help="people a room (20)")
    parser.add_argument("--rooms-each", type=between(1, 50), default=10, help="rooms a person (10)")
    parser.add_argument("--nodes", type=between(2, 6), default=3, help="nodes behind NGINX at first (3)")
    parser.add_argument("--peace", type=between(1, 600), default=5, help="seconds of talk before a fault (5)")
    parser.add_argument("--seconds", type=between(1, 600), default=10, help="seconds of talk after it (10)")
    parser.add_argument("--network", choices=NETWORKS, default="", help="what machines are (namespaces, if possible)")
    parser.add_argument("--pgbouncer", action="store_true", help="with PgBouncer before PostgreSQL")
    given = parser.parse_args(arguments)
    parser.deal("--people", given.people, given.rooms_of)
    return Options(
        faults=given.fault or list(FAULTS),
        seed=random.SystemRandom().randrange(10_000) if given.seed is None else given.seed,
        people=given.people,
        rooms_of=given.rooms_of,
        rooms_each=given.rooms_each,
        nodes=given.nodes,
        peace=given.peace,
        calm=given.seconds,
        network=given.network,
        pgbouncer=given.pgbouncer,
    )
