"""The document put together: prose from `protocol.md` beside this file, everything else from the source."""

from collections.abc import Iterable
from pathlib import Path
from string import Template

import msgspec

from collab.live.errors import Close
from collab.live.limits import HEARTBEAT, HELLO_WITHIN, MAX_FRAME
from collab.protocol import api_examples, examples, limits, refusals, tables
from collab.protocol.addresses import address_table
from rooms.api.throttle import PersonThrottle
from rooms.commands import BaseCommand
from rooms.errors import MessageNotFound, RoomArchived
from rooms.events import RoomEvent
from rooms.greeting import RELOAD_BEYOND
from rooms.nudges import NUDGE_AFTER
from rooms.text import MAX_LENGTH

PROSE = Path(__file__).with_name("protocol.md")
ERRORS = ("collab.live.errors", "rooms.errors")


def document() -> str:
    """The whole page, as Markdown."""
    parts = {
        **{close.name: str(close.value) for close in Close},
        **figures(),
        **lists(),
        "COMMANDS": sections(examples.COMMANDS, common=BaseCommand),
        "COMMAND_FIELDS": tables.field_table(BaseCommand, tables.fields(BaseCommand)),
        "REPLIES": sections(examples.REPLIES),
        "EVENTS": sections(examples.EVENTS, common=RoomEvent),
        "EVENT_FIELDS": tables.field_table(RoomEvent, tables.fields(RoomEvent)),
        "SIGNALS": sections(examples.SIGNALS),
        "SHAPES": sections(examples.SHAPES),
        "LIMITS": tables.table(("what", "limit", "beyond it"), limits.LIMITS),
        "ERRORS": tables.error_table(ERRORS),
        "CLOSES": tables.close_table(),
        "ADDRESSES": address_table(),
        "API_SHAPES": sections(api_examples.SHAPES),
    }
    return Template(PROSE.read_text()).substitute(parts)


def figures() -> dict[str, str]:
    """Limits that the prose names."""
    return {
        "MAX_FRAME": f"{MAX_FRAME // 1024} KiB",
        "SERVER_FRAME": f"{limits.SERVER_FRAME // 1024**2} MiB",
        "MAX_LENGTH": f"{MAX_LENGTH:,}",
        "HELLO_WITHIN": f"{HELLO_WITHIN} s",
        "NUDGE_AFTER": f"{NUDGE_AFTER} s",
        "HEARTBEAT": f"{HEARTBEAT} s",
        "RELOAD_BEYOND": f"{RELOAD_BEYOND:,} events",
        "API_RATE": PersonThrottle.rate.replace("/min", " requests a minute"),
    }


def lists() -> dict[str, str]:
    """Errors, and commands that get one, where the prose lists them."""
    return {
        "NO_COMMAND": tables.listed(refusals.codes(refusals.NO_COMMAND)),
        "ANY_COMMAND": tables.listed(refusals.codes(refusals.ANY_COMMAND)),
        "REFUSED_IN_ARCHIVED": tables.listed(refusals.tags(where=RoomArchived)),
        "NAMES_A_MESSAGE": tables.listed(refusals.tags(where=MessageNotFound)),
    }


def sections(frames: Iterable[msgspec.Struct], *, common: type[msgspec.Struct] | None = None) -> str:
    """A section for each example."""
    return "\n\n".join(tables.section(frame, common=common) for frame in frames)
