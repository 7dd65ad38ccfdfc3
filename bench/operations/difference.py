"""What is not as it should be."""

from typing import NamedTuple


class Difference(NamedTuple):
    """One field: as somebody has it, and as the site says it is. `seq` 0: it is about the whole room."""

    whose: str
    room: int
    seq: int
    field: str
    live: object
    fresh: object

    def __str__(self) -> str:
        where = f"room {self.room}" + (f", seq {self.seq}" if self.seq else "")
        return f"{self.whose}, {where}, {self.field}: live {self.live!r}, fresh {self.fresh!r}"
