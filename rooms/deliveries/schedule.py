"""When a delivery is tried: not while its person is here or asleep, and after a failure later each time."""

import datetime
import random
import zoneinfo

from django.conf import settings

from rooms.models import MailSettings

#: Seconds until the first retry; each later one waits up to twice as long as the one before.
FIRST_RETRY = 10
LONGEST_RETRY = 3_600
#: After this long without success it is given up.
GIVE_UP_AFTER = datetime.timedelta(days=1)


def gathering() -> datetime.timedelta:
    """How long a mail waits for more to say, or for its person to come and read; while they are here, once more."""
    return datetime.timedelta(seconds=settings.MAIL_AFTER_SECONDS)


def retry_in(attempts: int) -> datetime.timedelta:
    """How long to wait after so many tries: full jitter, so that a provider which comes back is not overrun."""
    longest = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts, 20))
    return datetime.timedelta(seconds=random.uniform(1, longest))  # noqa: S311 — no secret.


def quiet_until(wish: MailSettings, zone: str, now: datetime.datetime) -> datetime.datetime | None:
    """The end of the quiet hours that last now; None: none do. They may go over midnight and a change of clocks."""
    if wish.quiet_from is None or wish.quiet_until is None or wish.quiet_from == wish.quiet_until:
        return None
    here = now.astimezone(zoneinfo.ZoneInfo(zone))
    clock, begin, end = here.time(), wish.quiet_from, wish.quiet_until
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return None
    day = here.date() + datetime.timedelta(days=1 if clock >= end else 0)
    return datetime.datetime.combine(day, end, tzinfo=here.tzinfo)
