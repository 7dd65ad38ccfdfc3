"""What happens in the demonstration, and when: the scripts laid out over three weeks."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from collab.demo import script
from collab.demo.cast import ARCHIVED, DIRECT, PLACES
from collab.demo.script import Exchange, Line, Talk
from collab.demo.timetable import WEEKDAYS, Timetable

SLOT = re.compile(r"{([a-z]+?)2?}")
STANDUP = "standup"
#: Rooms in which nothing goes astray.
CLOSED = frozenset({ARCHIVED, STANDUP})
#: What people say in the wrong room, and take away again.
SLIPS = ("sorry, wrong room", "hello? test", "…and sent too early", "ls -la", "this was meant for Kenji", "brb")


@dataclass
class Said:
    """A message with all that becomes of it."""

    room: str
    at: datetime
    author: str
    text: str
    #: (seconds later, person, emoji)
    reactions: list[tuple[int, str, str]] = field(default_factory=list)
    is_pinned: bool = False
    #: Said first with a slip of the pen, then edited.
    is_mistyped: bool = False
    is_taken_back: bool = False


@dataclass
class Story:
    """Chooses, deterministically: the same seed and time give the same story."""

    random: Random
    timetable: Timetable

    def tell(self, count: int) -> list[Said]:
        """That many messages, in the order they were said; fewer of them are the newest."""
        told = [said for talk in script.talks() for said in self._talk(talk)]
        told += self._standups()
        told += self._fill(count - len(told))
        told.sort(key=lambda said: said.at)
        slips = count // 120
        told = told[slips - count :]
        told += self._slips(self.random.sample(told, slips))
        told.sort(key=lambda said: said.at)
        for said in told:
            said.is_mistyped = "```" not in said.text and len(said.text) > 40 and self.random.random() < 0.05
        return told

    def _talk(self, talk: Talk) -> Iterator[Said]:
        gaps = self._gaps(talk.lines)
        length = sum(gaps, timedelta())
        start = self.timetable.end - length if talk.when == "now" else self.timetable.at(talk.when)
        self.timetable.take(talk.room, start, length)
        return self._laid_out(talk.room, start, talk.lines, gaps)

    def _standups(self) -> list[Said]:
        """Two lines from most people on every weekday."""
        work = script.listed(STANDUP, ";")
        days = [(day, self.timetable.weekday(WEEKDAYS - day)) for day in range(1, WEEKDAYS + 1)]
        return [
            Said(STANDUP, at, person, self._filled(self._standup(tasks, day), {}))
            for day, midnight in days
            for person, tasks in sorted(work.items())
            if self.random.random() < 0.62
            and (at := midnight + timedelta(hours=7, seconds=self.random.randrange(7200))) < self.timetable.end
        ]

    def _standup(self, tasks: Sequence[str], day: int) -> str:
        done, next_up = tasks[(day * 2 // 3) % len(tasks)], tasks[(day * 2 // 3 + 1) % len(tasks)]
        forms = (
            f"{done} → **{next_up}**",
            f"Yesterday: {done}. Today: {next_up}.",
            f"- [x] {done}\n- [ ] {next_up}",
            f"still {done}, then {next_up}",
            f"done with {done}; {next_up} next",
        )
        return self.random.choice(forms)

    def _fill(self, count: int) -> list[Said]:
        """Exchanges, those that came least first, until that many messages are said."""
        uses: Counter[int] = Counter()
        told: list[Said] = []
        pool = script.exchanges()
        while len(told) < count:
            index = min(range(len(pool)), key=lambda index: (uses[index], self.random.random()))
            # What has no blanks to fill is noticed sooner when it comes again.
            uses[index] += 1 if any(SLOT.search(line.text) for line in pool[index].lines) else 2
            told += self._exchange(pool[index])
        return told[:count]

    def _slips(self, told: Iterable[Said]) -> Iterator[Said]:
        """Just after these messages their authors say something in the wrong room, and take it back."""
        for said in told:
            rooms = [place.name for place in PLACES if said.author in place.people and place.name not in CLOSED]
            at = said.at + timedelta(seconds=self.random.randint(20, 70))
            yield Said(self.random.choice(rooms), at, said.author, self.random.choice(SLIPS), is_taken_back=True)

    def _exchange(self, exchange: Exchange) -> Iterator[Said]:
        lines = self._cast(exchange)
        gaps = self._gaps(lines)
        start = self.timetable.find(exchange.room, sum(gaps, timedelta()), exchange.lines[0].text)
        return self._laid_out(exchange.room, start, lines, gaps)

    def _cast(self, exchange: Exchange) -> list[Line]:
        """The lines with people for A and B and words in the blanks."""
        first = self.random.choice(exchange.speakers["A"])
        second = self.random.choice([person for person in exchange.speakers["B"] if person != first])
        people = {"A": first, "B": second}
        words: dict[str, str] = {}
        return [
            replace(
                line,
                speaker=people[line.speaker],
                text=self._filled(line.text, words),
                reactions=[
                    reaction._replace(people=self._crowd(exchange.room, people[reaction.people[0]]))
                    for reaction in line.reactions
                ],
            )
            for line in exchange.lines
        ]

    def _crowd(self, room: str, first: str) -> tuple[str, ...]:
        """Somebody who reacts, and some who join in."""
        others = sorted(people_of(room) - {first})
        more = self.random.choice((0, 0, 1, 2, 4))
        return (first, *self.random.sample(others, min(more, len(others))))

    def _filled(self, text: str, words: dict[str, str]) -> str:
        slots = script.listed("slots", ",")
        for match in SLOT.finditer(text):
            choices = [word for word in slots[match[1]] if word not in words.values()]
            words.setdefault(match[0], self.random.choice(choices))
        return SLOT.sub(lambda match: words[match[0]], text)

    def _gaps(self, lines: Iterable[Line]) -> list[timedelta]:
        """Before each line: the pause it names, and the time it takes to be typed and thought of."""
        typing = [min(len(line.text), 400) / 5 + self.random.lognormvariate(3.4, 0.8) for line in lines]
        return [timedelta(minutes=line.pause, seconds=time) for line, time in zip(lines, typing, strict=True)]

    def _laid_out(self, room: str, start: datetime, lines: Iterable[Line], gaps: Iterable[timedelta]) -> Iterator[Said]:
        at = start
        for line, gap in zip(lines, gaps, strict=True):
            at += gap
            reactions = [
                (round(self.random.lognormvariate(4.4, 1)), person, reaction.emoji)
                for reaction in line.reactions
                for person in reaction.people
            ]
            yield Said(room, at, line.speaker, line.text, reactions, line.is_pinned)


def people_of(room: str) -> frozenset[str]:
    """Handles of those in a room, or in a direct conversation."""
    if DIRECT in room:
        return frozenset(room.split(DIRECT))
    return next(place.people for place in PLACES if place.name == room)
