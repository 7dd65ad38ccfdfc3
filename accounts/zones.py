"""Time zones: which there are, and how they are offered."""

from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import timezone

DEFAULT = "UTC"

# The regions that people live in; the rest of the database is aliases and arithmetic.
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def known() -> frozenset[str]:
    """Every name in the time zone database: a browser may report any of them."""
    return frozenset(available_timezones()) | {DEFAULT}


def clean_zone(name: str) -> str:
    """The name, if there is such a zone; raises `ValidationError`."""
    if name not in known():
        raise ValidationError("There is no such time zone. Choose one from the list.", code="unknown")
    return name


def choices(current: str = DEFAULT) -> Choices:
    """The zones people live in, by region, with what their clocks differ from UTC now; `current` among them."""
    # Clocks are put forward and back on full quarters of an hour, so that what is shown is right for all of one.
    now = timezone.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    names = {name for name in known() if name.startswith(tuple(f"{region}/" for region in REGIONS))}
    groups: dict[str, list[tuple[str, str]]] = {"World": [(DEFAULT, "UTC")]}
    for name in sorted({*names, current} - {DEFAULT}):
        region, _, place = name.partition("/")
        groups.setdefault(region, []).append((name, _label(place or region, name, quarter)))
    return list(groups.items())


# Twice as many as there are zones: the labels of the last quarter make room for those of this one.
@lru_cache(maxsize=1000)
def _label(place: str, name: str, quarter: datetime) -> str:
    offset = quarter.astimezone(ZoneInfo(name)).strftime("%z")
    return f"{place.replace('_', ' ').replace('/', ', ')} (UTC{offset[:3]}:{offset[3:]})".replace("UTC-", "UTC−")
