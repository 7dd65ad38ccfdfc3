"""All checks, in the order in which they are printed."""

from collections.abc import Callable
from dataclasses import dataclass

from collab.doctor.finding import Finding
from collab.doctor.site import Site

Look = Callable[[Site], Finding]


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    `asks_nodes`: it needs a site that runs, and is left out before the start.
    """

    name: str
    subject: str
    about: str
    look: Look
    asks_nodes: bool


class Subject:
    """Registers the checks of one subject, each with the first line of its docstring as its description."""

    def __init__(self, name: str, *, asks_nodes: bool = False) -> None:
        self.name, self.asks_nodes = name, asks_nodes
        self.checks: list[Check] = []

    def check(self, name: str) -> Callable[[Look], Look]:
        """Register a function as the check of this name."""

        def register(look: Look) -> Look:
            about = (look.__doc__ or "").strip().splitlines()[0]
            self.checks.append(Check(name, self.name, about, look, self.asks_nodes))
            return look

        return register
