"""What was measured and may not be in the database yet, in a file: the record of an outage must outlive it.

It is read by the canary that starts after one that died, and by nodes on the same machine while the database is away.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings

from .store import Key
from .tally import Tally

NAME = "canary.json"


def write(tallies: Mapping[Key, Tally]) -> None:
    """Keep these instead of what was kept. Raises OSError."""
    rows = [{**asdict(tally), "minute": key.minute.isoformat(), "holder": key.holder} for key, tally in tallies.items()]
    _path().parent.mkdir(parents=True, exist_ok=True)
    new = _path().with_suffix(".new")
    new.write_text(json.dumps(rows))
    new.replace(_path())


def read() -> dict[Key, Tally]:
    """What is kept; nothing where there is no file, or none that can be read."""
    try:
        rows = json.loads(_path().read_text())
        return {_key(row): Tally(**row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _key(row: dict[str, str]) -> Key:
    """Takes it out of the row, which is a tally then."""
    return Key(datetime.fromisoformat(row.pop("minute")), row.pop("holder"))


def _path() -> Path:
    path: Path = settings.VAR_DIR / NAME
    return path
