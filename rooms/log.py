"""The log: the only door through which a room changes.

`append` takes a batch of drafts and gives each its place in one transaction: it locks the rooms, lets each
draft write its rows, numbers the events and moves the heads. The lock on a room's row is what makes seq follow
the order of commits; a database sequence or a clock would not. What was written is announced after the commit.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from psycopg.errors import LockNotAvailable

from accounts.models import User
from collab.live.database import DATABASE_AWAY
from collab.live.errors import CodedError, Trimmed, Unavailable
from collab.live.tally import Tally
from rooms.announce import announce
from rooms.codec import from_rows
from rooms.events import RoomEvent
from rooms.ledger import Ledger, Turn, room_of
from rooms.models import Event, Room

logger = structlog.get_logger(__name__)

_tally = Tally("events_stored")

#: Seconds for the lock of each room, after one of a batch could not be had.
LOCKED_WITHIN = 0.2

#: What became of a draft: the seq of its event (or of the one made when it first came), None where there was
#: nothing to change, or why it was refused.
Outcome = int | None | CodedError


@dataclass(slots=True, kw_only=True)
class Draft(ABC):
    """A change of one room that a person asks for."""

    room_id: int
    #: Who asks; somebody who is not stored where it is the site itself.
    user: User
    #: Set by drafts that are accepted once however often they come.
    client_id: UUID | None = None
    #: Once written: it had been accepted before.
    is_repeat: bool = field(default=False, init=False)

    @property
    def weight(self) -> int:
        """How much work it is to prepare: the characters to be rendered."""
        return 0

    def prepare(self) -> None:  # noqa: B027 — most drafts have nothing to prepare.
        """Check and compute what needs no lock: other writers of the room wait for none of it.

        Raises:
            CodedError: the draft is refused.
        """

    @abstractmethod
    def write(self, turn: Turn) -> int | None:
        """Decide under the room's lock, then write rows and record the event. Refuse before writing anything.

        Raises:
            CodedError: the draft is refused.
        """


def append(drafts: Sequence[Draft], *, lock_within: float | None = None) -> list[Outcome]:
    """Give the drafts their places, in order, in one transaction. One that is refused does not hold up the rest.

    Args:
        drafts: of any rooms and people.
        lock_within: seconds in which the rooms must be had; as long as the connection allows, if None.

    Returns:
        An outcome for each draft.

    Raises:
        OperationalError: a room is locked by somebody else; nothing of the batch is stored.
        IntegrityError: a transaction elsewhere stored the same thing first; nothing of the batch is stored.
    """
    outcomes: dict[int, Outcome] = {}
    for index, draft in enumerate(drafts):
        outcomes[index] = _refusal(draft.prepare)
    ready = [index for index, refusal in outcomes.items() if refusal is None]
    with transaction.atomic():
        if lock_within is not None:
            _wait_for_locks(lock_within)
        ledger = _open([drafts[index] for index in ready])
        for index in ready:
            outcomes[index] = _take(ledger, drafts[index])
        ledger.close()
        transaction.on_commit(partial(announce, ledger.events, ledger.arrivals))
    _tell(drafts, outcomes)
    return [outcomes[index] for index in range(len(drafts))]


def _tell(drafts: Sequence[Draft], outcomes: Mapping[int, Outcome]) -> None:
    """Write down what was stored: each at DEBUG, how many a minute above it."""
    stored = [(draft, seq) for index, draft in enumerate(drafts) if isinstance(seq := outcomes[index], int)]
    _tally.add(events=len(stored), batches=1, refused=sum(isinstance(each, CodedError) for each in outcomes.values()))
    if settings.LOG_LEVEL == "DEBUG":
        for draft, seq in stored:
            logger.debug(
                "event_stored",
                room=draft.room_id,
                seq=seq,
                person=draft.user.pk,
                draft=type(draft).__name__,
                client_id=str(draft.client_id or ""),
            )


def append_one(draft: Draft) -> int | None:
    """Append one draft.

    Raises:
        CodedError: it is refused.
    """
    outcome = append_each([draft])[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def append_each(drafts: Sequence[Draft]) -> list[Outcome | Exception]:
    """Append a batch; where that fails, in parts, so that a draft which cannot be stored takes no other with it.

    Returns:
        An outcome for each draft, or the error that kept it from being stored.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing is stored.
    """
    return _append_each(drafts, _append_by_room)


def _append_each(
    drafts: Sequence[Draft],
    if_locked: Callable[[Sequence[Draft]], list[Outcome | Exception]],
    lock_within: float | None = None,
) -> list[Outcome | Exception]:
    try:
        return [*append(drafts, lock_within=lock_within)]
    except DATABASE_AWAY as error:
        if not _is_locked(error):
            raise
        return if_locked(drafts)
    except Exception:  # noqa: BLE001 — whatever it is, it is tried again alone and then told to whom it belongs.
        return [_append_alone(draft) for draft in drafts]


def _append_by_room(drafts: Sequence[Draft]) -> list[Outcome | Exception]:
    """Append a batch of which one room at least is locked by somebody else, who may stand still: the others go on."""
    outcomes: dict[int, Outcome | Exception] = {}
    for room in {draft.room_id for draft in drafts}:
        mine = [index for index, draft in enumerate(drafts) if draft.room_id == room]
        each = _append_each([drafts[index] for index in mine], _put_off, LOCKED_WITHIN)
        outcomes |= dict(zip(mine, each, strict=True))
    return [outcomes[index] for index in range(len(drafts))]


def _put_off(drafts: Sequence[Draft]) -> list[Outcome | Exception]:
    return [Unavailable()] * len(drafts)


def _is_locked(error: Exception) -> bool:
    return isinstance(error.__cause__, LockNotAvailable)


def _wait_for_locks(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds * 1000:.0f}ms"])


def _append_alone(draft: Draft) -> Outcome | Exception:
    """Append one draft after its batch failed.

    The same client id sent to two nodes at once is one reason: one of them commits, and the other now finds what
    the first has stored.
    """
    try:
        return append([draft])[0]
    except DATABASE_AWAY:
        raise
    except Exception as error:
        logger.exception("draft_not_stored", room=draft.room_id, person=draft.user.pk, draft=type(draft).__name__)
        return error


def _open(drafts: Sequence[Draft]) -> Ledger:
    return Ledger.open(
        room_ids={draft.room_id for draft in drafts},
        user_ids={draft.user.pk for draft in drafts if draft.user.pk},
        client_ids={draft.client_id for draft in drafts if draft.client_id},
    )


def _take(ledger: Ledger, draft: Draft) -> Outcome:
    return _refusal(lambda: draft.write(Turn(ledger, room_of(ledger, draft.room_id), draft.user)))


def _refusal(step: Callable[[], int | None]) -> Outcome:
    try:
        return step()
    except CodedError as refusal:
        return refusal


def read_after(room_id: int, after: int, limit: int) -> list[RoomEvent]:
    """The room's events from seq `after` + 1 on, at most `limit`, with people as they are now.

    Raises:
        Trimmed: the log is not whole from there on any more.
    """
    # Asked in the statement that reads the events: what is trimmed meanwhile never passes for nothing that happened.
    whole = Event.objects.filter(room=room_id, seq__gt=after, room__tail__lte=after + 1)
    events = list(whole.order_by("seq")[:limit])
    if not events and Room.objects.filter(pk=room_id, tail__gt=after + 1).exists():
        raise Trimmed
    return from_rows(events)


def heads(room_ids: Sequence[int]) -> dict[int, int]:
    """Each room's head, by id; rooms that are gone are left out."""
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "head"))
