"""What the status page is made of, as weeks of measuring would leave it."""

import json
import math
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import urlopen

import psycopg
from psycopg.types.json import Jsonb

from collab.embedded.postgres import Postgres
from tests.pages.places import Place

MINUTES = """
INSERT INTO status_minute (minute, holder, beats, accepted, delivered, lost, unavailable, histogram, longest, median)
SELECT minute, 'planted', beats, accepted, delivered, lost, unavailable, histogram, longest, median
FROM jsonb_to_recordset(%s) AS row (minute timestamptz, beats int, accepted int, delivered int, lost int,
    unavailable int, histogram int[], longest int, median int)
"""


def minute(at: datetime, *, typical: float = 8.0, failed: int = 0, lost: int = 0, beats: int = 12) -> dict[str, Any]:
    """One row, in which so many beats failed; the others took about so long."""
    from collab.status.tally import Tally

    tally = Tally(beats=beats, accepted=beats - failed + lost, lost=lost, unavailable=failed)
    dice = random.Random(at.timestamp())
    for _ in range(beats - failed):
        tally.time(typical * math.exp(dice.gauss(0.1, 0.5)))
    fields = ("beats", "accepted", "delivered", "lost", "unavailable", "histogram", "longest", "median")
    return {"minute": at.isoformat(), **{name: getattr(tally, name) for name in fields}}


def weeks(now: datetime) -> list[dict[str, Any]]:
    """A site that was well most of the time, not measured for a night, slow once and away twice."""
    rows = []
    for ago in range(1, 24 * 60):
        if 500 < ago < 640:
            continue
        failed = 12 if 200 <= ago < 209 else 1 if ago in {700, 980} else 0
        typical = 1_800.0 if 330 <= ago < 362 else 8.0 + 4 * math.sin(ago / 170)
        rows.append(minute(now - timedelta(minutes=ago), typical=typical, failed=failed))
    for day in range(1, 27):
        for ago in range(24 * 60 * day, 24 * 60 * (day + 1), 15):
            failed = 12 if day == 9 and ago % 1440 < 45 else 2 if day == 17 and ago % 1440 < 16 else 0
            rows.append(minute(now - timedelta(minutes=ago), failed=failed, lost=int(day == 17 and failed > 0)))
    return rows


def plant(place: Place, rows: list[dict[str, Any]]) -> None:
    """Have these be all that was measured, and wait until the site's pages say so."""
    with psycopg.connect(Postgres(place.running.var / "postgres").url) as connection:
        connection.execute("TRUNCATE status_minute, status_hour")
        connection.execute(MINUTES, [Jsonb(rows)])
    await_report(place)


def await_report(place: Place) -> dict[str, Any]:
    """The first report that was made after this moment."""
    now = datetime.now(UTC)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with urlopen(f"{place.url}/status.json", timeout=10) as answer:
            said: dict[str, Any] = json.loads(answer.read())
        if datetime.fromisoformat(said["at"]) > now:
            return said
        time.sleep(0.1)
    raise AssertionError("no report was made anew")
