"""What a scenario has shown."""

import msgspec

from bench.figures import Second, plain
from bench.result import Result
from bench.usage import Usage


class Condition(msgspec.Struct, frozen=True):
    """How large a scenario is.

    `sockets`: people, a socket each. `rate`: messages a second over all. `seconds`: how long; of `burst`, each step.
    `nodes`: Daphne processes; several counts are measured one after the other. `step`: of the rate, in `burst`.
    `every`: seconds between polls, in `polling`. `rounds`: how often a comparison is made, in `metrics`.
    """

    sockets: int
    rooms_of: int
    rate: int
    seconds: int
    rooms_each: int = 1
    workspace_of: int = 1_000
    nodes: tuple[int, ...] = (1,)
    step: int = 0
    every: float = 2.0
    rounds: int = 1


class Run(msgspec.Struct):
    """One stretch of load: what was seen, and what it cost. `memory`: of the Daphne processes, in bytes (USS)."""

    name: str
    result: Result
    usage: Usage
    memory: int

    def a_delivery(self, *parts: str) -> float:
        """Microseconds of CPU of these parts by delivery; of the whole site, where none is named."""
        return self._seconds(parts) * 1e6 / max(1, self.result.delivered)

    def a_message(self, *parts: str) -> float:
        """Microseconds of CPU of these parts by accepted message; of the whole site, where none is named."""
        return self._seconds(parts) * 1e6 / max(1, self.result.accepted)

    def share(self, part: str) -> float:
        """CPU of a part, as a share of one core."""
        return self.usage.cpu.get(part, 0.0) / max(self.usage.seconds, 0.001)

    def _seconds(self, parts: tuple[str, ...]) -> float:
        return sum(self.usage.cpu.get(part, 0.0) for part in parts) if parts else self.usage.of_site()


class Target(msgspec.Struct, frozen=True):
    """What a scenario is held to, and whether it was met; told, never a reason to fail."""

    what: str
    wanted: str
    seen: str
    is_met: bool


def at_most(what: str, bound: float, seen: float, unit: str) -> Target:
    """A target that is met at or below a bound."""
    return Target(what, f"≤ {plain(bound)} {unit}", f"{plain(seen)} {unit}", seen <= bound)


def at_least(what: str, bound: float, seen: float, unit: str) -> Target:
    """A target that is met at or above a bound."""
    return Target(what, f"≥ {plain(bound)} {unit}", f"{plain(seen)} {unit}", seen >= bound)


def none_of(what: str, seen: int) -> Target:
    """A target that is met where there is nothing of it."""
    return Target(what, "0", f"{seen:,}", seen == 0)


class Outcome(msgspec.Struct):
    """What a scenario has shown.

    `figures`: its own, by name with their unit. `seconds` and `distribution`: times to screens over time, and their
    shares, where they are drawn. `failures`: promises that were broken beside those of the runs, in words.
    """

    scenario: str
    condition: Condition
    runs: list[Run]
    figures: dict[str, float]
    targets: list[Target]
    seconds: list[Second] = []
    distribution: list[tuple[float, float]] = []
    failures: list[str] = []

    @property
    def is_clean(self) -> bool:
        """Every promise was kept."""
        return not self.failures and all(run.result.is_clean for run in self.runs)
