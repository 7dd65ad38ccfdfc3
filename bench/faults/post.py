"""The mails of a lab: people who are never there, in rooms where others talk, and what they must have been sent."""

from collections.abc import Mapping, Sequence

import msgspec

from bench.checker import Heard, Verdict
from bench.errors import CannotMeasure
from bench.faults.lab import Lab
from bench.faults.part import until_told
from bench.faults.scene import Scene
from bench.mail_checker import check_mails
from bench.plan import Seat

#: Rooms in which somebody is away.
ABSENT = 5
#: How long mails may take: a claim of 60 s that has to run out, their gathering, beat.
WITHIN = 90.0
OWED = """
SELECT count(*) FROM rooms_delivery AS delivery JOIN accounts_user AS person ON person.id = delivery.user_id
WHERE person.email = ANY(%s) AND delivery.state IN ('waiting', 'sending', 'retrying')
"""


async def seat_absent(lab: Lab, seats: Sequence[Seat]) -> None:
    """Put somebody into some of the rooms who never comes, and wants a mail of everything."""
    rooms = sorted({seat.room for seat in seats})[:ABSENT]
    told = await lab.command("-m", "bench.faults.absent", *map(str, rooms))
    lab.absent = msgspec.json.decode(told, type=dict[str, int])


async def rest(lab: Lab) -> None:
    """Wait until nobody who is away is owed a mail.

    Raises:
        CannotMeasure: somebody still is.
    """

    async def rests() -> bool:
        [(count,)] = await lab.ask(OWED, list(lab.absent))
        return not count

    await until_told(rests, "mails are still under way", WITHIN)


async def judge(scene: Scene, taken: int, log: Mapping[int, Sequence[Heard]], verdict: Verdict) -> None:
    """Hold the mails after the first `taken` against what was said meanwhile in the rooms of those who are away."""
    lab = scene.lab
    try:
        await rest(lab)
    except CannotMeasure as error:
        scene.notes.append(str(error))
    owed = {address: [each.seq for each in log[room] if each.client_id] for address, room in lab.absent.items()}
    mails = scene.mails = check_mails(owed, lab.sink.mails[taken:], scene.cut, verdict)
    scene.notes.append(
        f"mails: {mails.told:,} of {mails.owed:,} messages told of in {mails.sent} mails, {mails.twice} sent twice"
    )
