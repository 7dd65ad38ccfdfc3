"""Plays the story through the actions that the site uses, with the clock of the log set to the past."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.actions.people import make_staff, sign_up, vouch_for_email
from accounts.actions.profile import change_picture, change_profile
from accounts.models import User
from collab.demo import script
from collab.demo.cast import ARCHIVED, CAST, COMPANY, DIRECT, PLACES, Character, Place
from collab.demo.portraits import portrait
from collab.demo.spoken import Past, Spoken
from collab.demo.story import Said, people_of
from collab.live.errors import CodedError
from rooms import ledger
from rooms.access import access_room
from rooms.actions.members import add_member
from rooms.actions.positions import read_to
from rooms.actions.room_settings import ArchiveRoom, change_topic
from rooms.actions.rooms import create_room, open_direct
from rooms.actions.workspaces import create_workspace
from rooms.log import append
from rooms.models import Room, Workspace

#: The newest thing happened this long ago.
JUST_NOW = timedelta(seconds=20)
MOST_AT_ONCE = 100
#: How many of a room's newest events somebody has not read, as often as it is so.
LEFT_IN_ROOMS = (0, 0, 0, 0, 3, 6, 14)
LEFT_IN_DIRECT = (0, 0, 0, 0, 0, 1, 3)


@contextmanager
def clock(moment: Callable[[], datetime]) -> Iterator[None]:
    """Have the log take its time from elsewhere, in this process only."""
    before = ledger.clock
    ledger.clock = moment
    try:
        yield
    finally:
        ledger.clock = before


@dataclass
class Stage:
    """The company's workspace, with its people and rooms by the names that the scripts use."""

    random: Random
    now: datetime
    people: dict[str, User] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)

    def play(self, story: Sequence[Said], password: str) -> Workspace:
        """Everything from the first sign-up to the newest message."""
        opening = story[0].at - timedelta(hours=1)
        with clock(lambda: opening):
            workspace = self._open(password)
            self._open_directs(workspace)
        for batch in batches(sorted(self._drafts(story), key=lambda draft: draft.at)):
            refused = [outcome for outcome in append(batch) if isinstance(outcome, CodedError)]
            if refused:
                raise refused[0]
        self._read()
        return workspace

    def _open(self, password: str) -> Workspace:
        self.people = {character.handle: hire(character, password) for character in CAST}
        owner = self.people[CAST[0].handle]
        make_staff(user=owner)
        workspace = create_workspace(owner=owner, name=COMPANY)
        for character in CAST[1:]:
            add_member(workspace=workspace, user=self.people[character.handle], role=character.role, by=owner)
        self.rooms = {place.name: self._furnish(workspace, place).pk for place in PLACES}
        return workspace

    def _furnish(self, workspace: Workspace, place: Place) -> Room:
        general = workspace.general
        if general is not None and place.name == general.name:
            change_topic(access=access_room(self.people[CAST[0].handle], general.pk), topic=place.topic)
            return general
        handles = [character.handle for character in CAST if character.handle in place.people]
        # Guests make no rooms; the cast names them last.
        maker = workspace.memberships.get(user=self.people[handles[0]])
        people = [self.people[handle] for handle in handles]
        return create_room(by=maker, name=place.name, kind=place.kind, topic=place.topic, people=people)

    def _open_directs(self, workspace: Workspace) -> None:
        for name in sorted({exchange.room for exchange in script.exchanges() if DIRECT in exchange.room}):
            first, *others = (self.people[handle] for handle in name.split(DIRECT))
            self.rooms[name] = open_direct(by=workspace.memberships.get(user=first), people=others).pk

    def _drafts(self, story: Sequence[Said]) -> Iterator[Past]:
        latest = self.now - JUST_NOW
        for said in story:
            yield from Spoken(said, self.people[said.author], self.rooms[said.room], latest, self.random).drafts(
                self.people
            )
        last = max((said.at for said in story if said.room == ARCHIVED), default=story[0].at)
        room_id, owner = self.rooms[ARCHIVED], self.people[CAST[0].handle]
        closing = min(last + timedelta(hours=6), latest)
        yield Past(room_id=room_id, user=owner, at=closing, make=lambda: ArchiveRoom(room_id=room_id, user=owner))

    def _read(self) -> None:
        """Most have read nearly everything; nobody has read all of it."""
        heads = dict(Room.objects.filter(pk__in=self.rooms.values()).values_list("pk", "head"))
        for name, room_id in self.rooms.items():
            for handle in sorted(people_of(name)):
                left = self.random.choice(LEFT_IN_DIRECT if DIRECT in name else LEFT_IN_ROOMS)
                read_to(user=self.people[handle], room_id=room_id, position=max(0, heads[room_id] - left))


def hire(character: Character, password: str) -> User:
    """A person with their profile and perhaps a picture."""
    user = sign_up(email=character.email, name=character.name, password=password, time_zone=character.time_zone)
    change_profile(user=user, handle=character.handle, status_emoji=character.emoji, status_text=character.doing)
    vouch_for_email(user=user)
    if character.has_picture:
        picture = portrait(CAST.index(character))
        change_picture(user=user, picture=picture, size=picture.getbuffer().nbytes)
    return user


def batches(drafts: Iterable[Past]) -> Iterator[list[Past]]:
    """As the socket's side does: many drafts a transaction cost a tenth of one draft a transaction."""
    batch: list[Past] = []
    for draft in drafts:
        if batch and (draft.is_first or len(batch) == MOST_AT_ONCE):
            yield batch
            batch = []
        batch.append(draft)
    yield batch
