"""When things were said: on working days, one conversation at a time in a room."""

from bisect import insort
from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

#: Weekdays back to the first message: three weeks.
WEEKDAYS = 15
#: Rooms in which people also talk at weekends.
LEISURE = frozenset({"dining-car", "postcards"})
#: Quiet between two conversations of a room.
BREATH = timedelta(minutes=12)
#: Days after which one may say the same thing again.
REST = timedelta(days=7)
#: The newest thing was said this long ago.
JUST_NOW = timedelta(minutes=4)


class Timetable:
    """Hands out times before `now`, and keeps which are taken, room by room."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now = now
        self.end = now - JUST_NOW
        self._random = random
        self._told: dict[str, list[datetime]] = defaultdict(list)
        self._taken: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)

    def at(self, when: str) -> datetime:
        """The start that a script names: "12 09:10", twelve weekdays back."""
        days, clock = when.split()
        hour, minute = map(int, clock.split(":"))
        return self.weekday(int(days)).replace(hour=hour, minute=minute)

    def weekday(self, back: int) -> datetime:
        """Midnight of the weekday that lies so many weekdays back."""
        day = _latest_weekday(self.now.replace(hour=0, minute=0, second=0, microsecond=0))
        for _ in range(back):
            day = _latest_weekday(day - timedelta(days=1))
        return day

    def take(self, room: str, start: datetime, length: timedelta) -> None:
        """Nothing else is to begin in the room meanwhile."""
        insort(self._taken[room], (start - BREATH, start + length + BREATH))

    def find(self, room: str, length: timedelta, subject: str = "") -> datetime:
        """A free time in the room for something that takes so long, some days from the same subject; take it."""
        start = self._guess(room)
        for _ in range(80):
            is_free = start + length <= self.end and self._is_free(room, start, start + length)
            if is_free and all(abs(start - other) > REST for other in self._told[subject]):
                break
            start = self._guess(room)
        start = min(start, self.end - length)
        self.take(room, start, length)
        if subject:
            self._told[subject].append(start)
        return start

    def _guess(self, room: str) -> datetime:
        if room in LEISURE:
            day = self.weekday(0) - timedelta(days=self._random.randrange(21))
        else:
            day = self.weekday(self._random.randrange(WEEKDAYS))
        return day + timedelta(hours=6.5, seconds=self._random.randrange(round(9.8 * 3600)))

    def _is_free(self, room: str, start: datetime, end: datetime) -> bool:
        return all(end <= taken or until <= start for taken, until in self._taken[room])


def _latest_weekday(day: datetime) -> datetime:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))
