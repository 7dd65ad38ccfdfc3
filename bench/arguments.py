"""Command lines of all benches: refused in one line where they are wrong."""

import argparse
import sys
from collections.abc import Callable, Collection
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """End with what is wrong."""
        sys.exit(f"bench: {message}")

    def deal(self, option: str, people: int, rooms_of: int) -> None:
        """End where people do not fill rooms of so many."""
        if people % rooms_of:
            self.error(f"{option} {people} cannot be dealt into rooms of {rooms_of}; take a multiple.")


def between(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def number(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
            raise argparse.ArgumentTypeError(f"{word!r} is not a whole number from {least} to {most}.")
        return int(word)

    return number


def one_of(names: Collection[str]) -> Callable[[str], str]:
    """Reads one of these words."""

    def name(word: str) -> str:
        if word not in names:
            raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(names)}.")
        return word

    return name
