"""The faults by name. Modules of `injections` enter theirs when they are imported."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

from bench.faults.scene import Scene

Inject = Callable[[Scene], Awaitable[None]]


class Site(Enum):
    """A kind of site."""

    USUAL = "usual"
    #: Its database is on a disk that can be filled.
    SMALL_DISK = "small disk"
    #: Its Redis is named by Sentinels.
    SENTINELS = "Sentinels"


def always() -> str:
    """It can be injected anywhere."""
    return ""


class Fault(NamedTuple):
    """One way to break the site.

    `target`: seconds within which everybody is to be caught up, from the return of what was broken, else from the
    fault; 0 where none is promised. `delay`: seconds within which what is said meanwhile is on every screen; `away`:
    that nobody is without a live socket for longer at a time; 0: not promised. `quiet`: that no send
    is answered with an error, not even with one that a later try clears. `mails`: they are judged, too.
    `why_not`: why it cannot be injected on this machine; empty where it can. `site`: what kind of site it needs.
    """

    name: str
    inject: Inject
    target: float = 0.0
    delay: float = 0.0
    away: float = 0.0
    quiet: bool = False
    mails: bool = False
    why_not: Callable[[], str] = always
    site: Site = Site.USUAL


FAULTS: dict[str, Fault] = {}


def fault(
    name: str,
    *,
    target: float = 0.0,
    delay: float = 0.0,
    away: float = 0.0,
    quiet: bool = False,
    mails: bool = False,
    why_not: Callable[[], str] = always,
    site: Site = Site.USUAL,
) -> Callable[[Inject], Inject]:
    """Enter a fault into the catalogue."""

    def enter(inject: Inject) -> Inject:
        FAULTS[name] = Fault(name, inject, target, delay, away, quiet, mails, why_not, site)
        return inject

    return enter
