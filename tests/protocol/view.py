"""What a page of a room shows: the sum of the room's events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.protocol.gate import Frame


def actor_of(event: Frame) -> int | None:
    """The id of whoever did it, where that account still is."""
    return event["actor"]["id"] if event["actor"] is not None else None


@dataclass
class Message:
    """A message as it stands; a tombstone says nothing."""

    author: int | None
    text: str
    html: str
    mentions: tuple[int, ...] = ()
    mentions_room: bool = False
    deleted: bool = False
    reactions: set[tuple[str, int | None]] = field(default_factory=set)

    @classmethod
    def loaded(cls, said: Frame) -> Self:
        """A message as it is got over HTTP."""
        author = said["author"]["id"] if said["author"] is not None else None
        message = cls(author, said["text"], said["html"], tuple(said["mentions"]), said["mentions_room"])
        message.reactions = {(one["emoji"], who) for one in said["reactions"] for who in one["people"]}
        if said["deleted"]:
            message.bury()
        return message

    def bury(self) -> None:
        self.text = self.html = ""
        self.deleted = True
        self.reactions.clear()


@dataclass
class View:
    """One room, built from its events."""

    name: str | None = None
    topic: str = ""
    archived: bool = False
    people: set[int] = field(default_factory=set)
    roles: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)
    seqs: list[int] = field(default_factory=list)

    @classmethod
    def loaded(cls, room: Frame, messages: list[Frame]) -> Self:
        """A room as it is got over HTTP: what it is, and its newest messages."""
        view = cls(name=room["name"], topic=room["topic"], archived=room["archived"])
        view.messages = {each["seq"]: Message.loaded(each) for each in messages}
        view.pinned = {each["seq"] for each in messages if each["pinned"]}
        return view

    def apply(self, event: Frame) -> None:
        """Add the next event; one of a kind that is not known changes nothing."""
        self.seqs.append(event["seq"])
        if "message" in event and event["message"] not in self.messages:
            return
        act: Callable[[Frame], None] | None = getattr(self, f"_{event['type']}", None)
        if act is not None:
            act(event)

    def _posted(self, event: Frame) -> None:
        if event["seq"] in self.messages:
            return  # it was loaded, as it stands now
        mentions = tuple(event["mentions"])
        message = Message(actor_of(event), event["text"], event["html"], mentions, event["mentions_room"])
        self.messages[event["seq"]] = message
        if event["deleted"]:
            message.bury()

    def _edited(self, event: Frame) -> None:
        message = self.messages[event["message"]]
        message.text, message.html = event["text"], event["html"]
        if event["deleted"]:
            message.bury()

    def _deleted(self, event: Frame) -> None:
        self.messages[event["message"]].bury()
        self.pinned.discard(event["message"])

    def _expired(self, event: Frame) -> None:
        self.messages = {seq: said for seq, said in self.messages.items() if seq > event["through"]}
        self.pinned &= self.messages.keys()

    def _reacted(self, event: Frame) -> None:
        if not self.messages[event["message"]].deleted:
            self.messages[event["message"]].reactions.add((event["emoji"], actor_of(event)))

    def _unreacted(self, event: Frame) -> None:
        self.messages[event["message"]].reactions.discard((event["emoji"], actor_of(event)))

    def _pinned(self, event: Frame) -> None:
        if not self.messages[event["message"]].deleted:
            self.pinned.add(event["message"])

    def _unpinned(self, event: Frame) -> None:
        self.pinned.discard(event["message"])

    def _renamed(self, event: Frame) -> None:
        self.name = event["name"]

    def _topic_changed(self, event: Frame) -> None:
        self.topic = event["topic"]

    def _joined(self, event: Frame) -> None:
        self.people.add(event["person"]["id"])

    def _left(self, event: Frame) -> None:
        self.people.discard(event["person"]["id"])

    _removed = _left

    def _role_changed(self, event: Frame) -> None:
        self.roles[event["person"]["id"]] = event["role"]

    def _archived(self, event: Frame) -> None:
        self.archived = True

    def _unarchived(self, event: Frame) -> None:
        self.archived = False
