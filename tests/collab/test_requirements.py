"""The versions that close known holes. Raising one here needs a reason; lowering one is not for here."""

from importlib.metadata import version

import pytest

LEAST = {
    # Before it, a WebSocket's handshake and frames had no bound on memory.
    "daphne": (4, 2, 2),
    # Security releases of the long-term line.
    "django": (5, 2, 8),
    # Requests smuggled through twisted.web, which Daphne speaks HTTP with (CVE-2024-41671).
    "twisted": (24, 7, 0),
    # Pictures that overflow (CVE-2024-28219, CVE-2025-48379).
    "pillow": (11, 3, 0),
    # A response handed to the wrong caller after a cancelled command (CVE-2023-28859).
    "redis": (4, 5, 4),
    # Anyone could sign in as somebody else through some providers.
    "django-allauth": (65, 3, 0),
}


@pytest.mark.parametrize("package", LEAST)
def test_a_version_with_known_holes_is_not_installed(package: str) -> None:
    installed = tuple(int(part) for part in version(package).split(".")[:3])
    assert installed >= LEAST[package]
