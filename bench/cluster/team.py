"""People who talk as the team scenario has it: each in rooms of theirs, drawn by lot, and each once in each second.

Each second of each person is judged so by something that they sent in it, and by what others sent them in it.
"""

import asyncio
import itertools
import time

from bench.faults.crowd import Crowd


class Team(Crowd):
    """Everybody says something each second, in another order each time, at even distances."""

    async def _talk(self) -> None:
        began = time.monotonic()
        for second in itertools.count():
            order = self._lot.sample(self.people, len(self.people))
            for turn, person in enumerate(order):
                due = began + second + turn / len(order)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                self._say(person, self._lot.choice(person.seat.rooms), second)
