"""What the logs of rooms say, sent to new sockets as to somebody who has missed all of it."""

import asyncio
from collections.abc import Callable, Mapping

from bench.checker import Heard
from bench.plan import Seat
from bench.screen import Screen, connect

#: Sockets that are being opened at a time.
AT_A_TIME = 32


async def read_logs(
    seats: Mapping[int, Seat], heads: Mapping[int, int], node: Callable[[int], tuple[str, str]]
) -> tuple[list[Heard], list[int]]:
    """The events of rooms after these heads, and the rooms whose log is too long to be sent again.

    Args:
        seats: of those who may read, by number; a socket reads as many rooms as its person is in.
        heads: by room, the seq after which it is read.
        node: by number of a seat, where they come in, and the site's origin.
    """
    gate = asyncio.Semaphore(AT_A_TIME)

    async def read(number: int, mine: dict[int, int]) -> tuple[list[Heard], list[int]]:
        async with gate:
            reader = await _reader(seats[number], mine, *node(number))
        too_long = [room for room in mine if room in reader.reloads]
        return [each for each in reader.heard if each.room in mine and each.room not in too_long], too_long

    found = await asyncio.gather(*(read(number, mine) for number, mine in readers(seats, heads).items()))
    return [each for log, _ in found for each in log], [room for _, too_long in found for room in too_long]


def readers(seats: Mapping[int, Seat], heads: Mapping[int, int]) -> dict[int, dict[int, int]]:
    """By seat, what it reads; no room twice."""
    left, found = dict(heads), {}
    for number, seat in seats.items():
        mine = {room: left.pop(room) for room in seat.rooms if room in left}
        if mine:
            found[number] = mine
    return found


async def _reader(seat: Seat, heads: dict[int, int], url: str, origin: str) -> Screen:
    reader = await connect(url, seat.session, origin=origin)
    await reader.arrive(heads, phase=1)
    reader.leave()
    return reader
