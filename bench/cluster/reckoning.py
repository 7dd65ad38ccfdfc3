"""From what each kind of fault cost to the uptime of a year."""

from collections.abc import Mapping, Sequence

#: Faults of each kind a year, and its seconds.
WEEKS = 52
YEAR = 365.25 * 86_400
#: The uptime of a year that is asked for.
WANTED = 0.9999


def uptime(costs: Mapping[str, float]) -> float:
    """The share of a year in which a person can use the site, with one fault of each kind a week.

    Args:
        costs: by kind, the seconds that one of it costs a person on average.
    """
    return 1 - sum(costs.values()) * WEEKS / YEAR


def reckoned(costs: Mapping[str, float], patience: float) -> str:
    """The reckoning in words."""
    terms = " + ".join(f"{cost:.2f}" for cost in costs.values())
    lost = sum(costs.values())
    return (
        f"One fault of each kind a week, waits of {patience:g} s borne: ({terms}) s = {lost:.2f} s a week and person; "
        f"{lost:.2f} x {WEEKS} / (365.25 x 86,400) = {1 - uptime(costs):.2e}: uptime {percent(uptime(costs))}, "
        f"{lost * WEEKS / 60:.1f} minutes lost a year."
    )


def mean(values: Sequence[float]) -> float:
    """Of at least one."""
    return sum(values) / len(values)


def percent(share: float) -> str:
    """Of a share near 1, cut off and never rounded up: 99.99 % is said where it is no less."""
    return f"{int(share * 1_000_000) / 10_000:.4f} %"
