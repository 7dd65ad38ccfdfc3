"""What the handshake of a socket carries."""

from http.cookies import CookieError, SimpleCookie
from typing import Any


def header(scope: dict[str, Any], name: bytes) -> str:
    """A header; empty where it came not, or twice."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin1") if len(values) == 1 else ""


def cookie(scope: dict[str, Any], name: str) -> str:
    """A cookie; empty where it did not come."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
