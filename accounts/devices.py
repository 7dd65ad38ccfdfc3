"""What a session's user agent says, in plain words."""

from typing import NamedTuple

from ua_parser import parse

# What the parser calls a thing, and what people call it, where the two differ.
BROWSERS = {"Mobile Safari": "Safari", "Chrome Mobile": "Chrome", "Firefox Mobile": "Firefox", "Edge Mobile": "Edge"}
SYSTEMS = {"Mac OS X": "macOS", "iOS": "iPhone", "Ubuntu": "Linux", "Chrome OS": "ChromeOS"}
HANDHELD = frozenset({"iOS", "Android"})


class Device(NamedTuple):
    """A browser on a machine, such as "Firefox on Linux"."""

    browser: str
    system: str
    is_handheld: bool

    def __str__(self) -> str:
        return f"{self.browser} on {self.system}" if self.system else self.browser


def device(user_agent: str) -> Device:
    """Whatever can be told of a device; "Unknown browser" where nothing can."""
    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent else "Unknown browser"
    system = found.os.family if found.os else ""
    named = "iPad" if found.device and found.device.family == "iPad" else SYSTEMS.get(system, system)
    return Device(BROWSERS.get(browser, browser), named, system in HANDHELD)
