"""What a measurement is asked for, within bounds: no option can turn it into an attack."""

import argparse
import ipaddress
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

QUICK = {"sockets": 100, "seconds": 5}


@dataclass(frozen=True, slots=True)
class Options:
    """A measurement. `rate` is messages a second over all rooms; `url` is empty for a site of its own."""

    sockets: int
    rooms_of: int
    rate: int
    seconds: int
    url: str
    pin: bool

    @property
    def rooms(self) -> int:
        """How many rooms the people are dealt into."""
        return self.sockets // self.rooms_of


class Parser(argparse.ArgumentParser):
    """Refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """End with what is wrong."""
        sys.exit(f"bench: {message}")

    def deal(self, option: str, people: int, rooms_of: int) -> None:
        """End where people do not fill rooms of so many."""
        if people % rooms_of:
            self.error(f"{option} {people} cannot be dealt into rooms of {rooms_of}; take a multiple.")


def read(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        SystemExit: one of them is wrong; the text is one line.
    """
    parser = Parser(prog="make bench", description="Measure a site under load.")
    parser.add_argument("--sockets", type=between(2, 20_000), help="signed-in people, a socket each (1000)")
    parser.add_argument("--rooms-of", type=between(2, 1_000), default=20, help="people a room (20)")
    parser.add_argument("--rate", type=between(1, 5_000), default=50, help="messages a second, over all rooms (50)")
    parser.add_argument("--seconds", type=between(1, 600), help="how long (30)")
    parser.add_argument("--url", type=loopback, help="a site that runs on this machine already")
    parser.add_argument("--quick", action="store_true", help="100 sockets, 5 s")
    parser.add_argument("--no-pin", action="store_true", help="let Daphne and the load share the cores")
    given = parser.parse_args(arguments)
    usual = QUICK if given.quick else {"sockets": 1_000, "seconds": 30}
    options = Options(
        sockets=given.sockets or usual["sockets"],
        rooms_of=given.rooms_of,
        rate=given.rate,
        seconds=given.seconds or usual["seconds"],
        url=given.url or "",
        pin=not given.no_pin,
    )
    parser.deal("--sockets", options.sockets, options.rooms_of)
    if options.rate > 10 * options.sockets:
        parser.error(f"--rate {options.rate} is more than ten messages a second a person; the site refuses that.")
    return options


def between(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def number(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
            raise argparse.ArgumentTypeError(f"{word!r} is not a whole number from {least} to {most}.")
        return int(word)

    return number


def loopback(word: str) -> str:
    """Reads the address of a site on this machine, and no other: this is a load generator."""
    try:
        parts = urlsplit(word)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if port is None or parts.scheme != "http" or parts.path not in {"", "/"} or parts.query or parts.username:
        raise argparse.ArgumentTypeError(f"{word!r} is not an address such as http://localhost:8000.")
    if not is_loopback(host):
        raise argparse.ArgumentTypeError(f"{host} is another machine, perhaps; only loopback addresses are measured.")
    return word.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
