import pytest
from django.core.exceptions import ValidationError

from accounts import zones


def offered(current: str = "UTC") -> dict[str, str]:
    return {name: label for _, group in zones.choices(current) for name, label in group}


def test_zones_are_offered_by_region_with_what_their_clocks_say() -> None:
    labels = offered()
    assert labels["UTC"] == "UTC"
    assert labels["Asia/Kolkata"] == "Kolkata (UTC+05:30)"
    assert labels["America/Argentina/Ushuaia"] == "Argentina, Ushuaia (UTC−03:00)"
    assert labels["Pacific/Kiritimati"] == "Kiritimati (UTC+14:00)"
    assert not any(name.startswith(("Etc/", "posix/", "SystemV/")) for name in labels)


@pytest.mark.parametrize("alias", ["Asia/Calcutta", "US/Pacific", "Etc/GMT+3", "EST5EDT"])
def test_the_zone_one_has_is_among_them(alias: str) -> None:
    assert alias in offered(alias)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "europe/berlin"])
def test_there_is_no_other_zone(name: str) -> None:
    with pytest.raises(ValidationError):
        zones.clean_zone(name)
