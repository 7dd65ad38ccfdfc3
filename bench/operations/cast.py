"""Who takes part, and where: written by `bench.operations.seating` in the site's environment, read by the run."""

import msgspec


class Seat(msgspec.Struct, frozen=True):
    """A signed-in person of the workspace."""

    person: int
    session: str
    handle: str
    role: str

    @property
    def is_guest(self) -> bool:
        """They see only what they were put in."""
        return self.role == "guest"

    @property
    def is_manager(self) -> bool:
        """They look after every room they are in."""
        return self.role in {"owner", "admin"}


class Place(msgspec.Struct, frozen=True):
    """A room as it is made: `kind` is general, public, private or direct; `people` are those in it, by id."""

    room: int
    kind: str
    name: str
    topic: str
    maker: int
    people: list[int]

    @property
    def is_fixed(self) -> bool:
        """Nobody comes in or goes."""
        return self.kind in {"general", "direct"}


class Cast(msgspec.Struct, frozen=True):
    """Everybody in the workspace of that slug."""

    slug: str
    seats: list[Seat]
    places: list[Place]
