"""When the last backup was made, and whether it was verified: for `manage.py doctor`, and whoever asks."""

import json
from datetime import UTC, datetime
from pathlib import Path

NAME = "last_backup.json"


def made(var: Path, to: str, at: datetime) -> None:
    """Note a backup that is whole."""
    _write(var, {"at": at.isoformat(), "to": to, "verified_at": None})


def verified(var: Path, to: str) -> None:
    """Note that it was verified, where it is the last one that was made here."""
    try:
        said = json.loads((var / NAME).read_text())
    except (OSError, ValueError):
        return
    if said.get("to") == to:
        _write(var, {**said, "verified_at": datetime.now(UTC).isoformat()})


def _write(var: Path, said: dict[str, object]) -> None:
    new = var / f"{NAME}.new"
    new.write_text(json.dumps(said))
    new.replace(var / NAME)
