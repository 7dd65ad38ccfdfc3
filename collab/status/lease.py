"""Which of several canaries measures: whoever holds the row; it is taken over once its holder says nothing more."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from collab.status.models import Canary

#: Seconds that a hold lasts, said anew each `RENEWED`; so long is nothing measured where a holder dies.
HELD = 30
RENEWED = 10

# By the clock of the database, which is the same for all.
_HOLD = """
UPDATE status_canary SET
    holder = %(me)s,
    held_since = CASE WHEN holder = %(me)s THEN held_since ELSE now() END,
    held_until = now() + %(held)s * interval '1 second'
WHERE holder = %(me)s OR held_until IS NULL OR held_until < now()
"""


class Held(NamedTuple):
    """Who holds it, and since when."""

    holder: str
    since: datetime | None


def hold(me: str) -> Held:
    """Take it or keep it, where nobody else has it; who has it then."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"me": me, "held": HELD})
    return Held(*Canary.objects.values_list("holder", "held_since").get())


def let_go(me: str) -> None:
    """Another may take over at once."""
    Canary.objects.filter(holder=me).update(holder="", held_until=None)
