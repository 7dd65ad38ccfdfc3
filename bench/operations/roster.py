"""Who is in which room, as the answers to comings and goings say; nobody is moved by two at once."""

from collections.abc import Iterable

from bench.operations.cast import Place
from bench.operations.operation import Operation

#: Forms by which somebody comes in or goes.
BRINGS, PARTS = frozenset({"join", "add"}), frozenset({"leave", "remove"})
#: Fewer than so many do not stay alone.
FEWEST = 4


class Roster:
    """The people of the rooms."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.people: dict[int, set[int]] = {place.room: set(place.people) for place in places}
        self._moving: set[tuple[int, int]] = set()

    def has(self, room: int, person: int) -> bool:
        """Whether a person is in a room."""
        return person in self.people[room]

    def may_go(self, room: int) -> bool:
        """Enough stay."""
        return len(self.people[room]) > FEWEST

    def is_moving(self, room: int, person: int) -> bool:
        """Somebody is moving them."""
        return (room, person) in self._moving

    def begin(self, operation: Operation) -> None:
        """A form about a person is on its way."""
        if operation.whom:
            self._moving.add((operation.room, operation.whom))

    def end(self, operation: Operation) -> None:
        """It has its answer."""
        if operation.whom:
            self._moving.discard((operation.room, operation.whom))
            if not operation.code:
                self._move(operation)

    def _move(self, operation: Operation) -> None:
        people = self.people[operation.room]
        was_in = operation.whom in people
        operation.must = was_in == (operation.kind in PARTS)
        if operation.kind in BRINGS:
            people.add(operation.whom)
        else:
            people.discard(operation.whom)
