"""What is asked for, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.arguments import Parser, between
from bench.peers.catalog import PEERS

USUAL = {"sockets": 10_000, "rooms_of": 100, "rate": 300, "seconds": 20, "rounds": 3}
QUICK = {"sockets": 40, "rooms_of": 10, "rate": 20, "seconds": 1, "rounds": 1}


class Options(msgspec.Struct, frozen=True):
    """`rounds` of all `peers`, one after another.

    In each, `sockets` in rooms of `rooms_of` and `rate` messages a second over all, then the same sockets in one room
    and `crowd_rate` messages a second; `seconds` each. The whole site has `people` sockets.
    """

    peers: list[str]
    sockets: int
    people: int
    rooms_of: int
    rate: int
    crowd_rate: int
    seconds: int
    rounds: int
    #: Where pictures go, besides the folder of all figures.
    plots: str


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make bench-peers", description="Measure other servers and Collab under the same load.")
    parser.add_argument("--peers", type=names, default=list(PEERS), help=f"some of {' '.join(PEERS)}")
    parser.add_argument("--sockets", type=between(2, 19_000), help="to each server (10000)")
    parser.add_argument("--people", type=between(2, 19_000), help="to the whole site (as many)")
    parser.add_argument("--rooms-of", type=between(2, 1_000), help="sockets a room (100)")
    parser.add_argument("--rate", type=between(1, 2_000), help="messages a second, over all rooms (300)")
    parser.add_argument(
        "--crowd-rate", type=between(1, 100), default=3, help="messages a second in one room of all (3)"
    )
    parser.add_argument("--seconds", type=between(1, 120), help="of each scenario (20)")
    parser.add_argument("--rounds", type=between(1, 20), help="of all servers (3)")
    parser.add_argument("--plots", default="", help="a folder for the pictures that are kept")
    parser.add_argument("--quick", action="store_true", help="some dozens of sockets for a second, once")
    given = parser.parse_args(arguments)
    options = _complete(given)
    parser.deal("--sockets", options.sockets, options.rooms_of)
    parser.deal("--people", options.people, options.rooms_of)
    if options.plots and not Path(options.plots).is_dir():
        parser.error(f"--plots {options.plots} is no folder.")
    return options


def names(words: str) -> list[str]:
    """Reads names of peers, in the order of the catalog."""
    asked = words.replace(",", " ").split()
    unknown = [word for word in asked if word not in PEERS]
    if unknown or not asked:
        raise argparse.ArgumentTypeError(f"{' '.join(unknown) or 'nothing'!r} is none of: {' '.join(PEERS)}.")
    return [name for name in PEERS if name in asked]


def _complete(given: argparse.Namespace) -> Options:
    usual = QUICK if given.quick else USUAL
    sockets, rooms_of, rate, seconds, rounds = (getattr(given, name) or usual[name] for name in usual)
    people = given.people or sockets
    return Options(given.peers, sockets, people, rooms_of, rate, given.crowd_rate, seconds, rounds, given.plots)
