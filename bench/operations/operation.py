"""What somebody does: a command or a form, how often it was sent, what became of it, and what it leaves in the log."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: Codes of refusals before anybody looked: this attempt has done nothing.
UNTRIED = frozenset({"too_fast", "hello_first"})
#: By command or form, the event that it makes; the others make none.
MAKES = {
    "post": "posted",
    "edit": "edited",
    "delete": "deleted",
    "react": "reacted",
    "unreact": "unreacted",
    "pin": "pinned",
    "unpin": "unpinned",
    "join": "joined",
    "leave": "left",
    "add": "joined",
    "remove": "removed",
    "rename": "renamed",
    "topic": "topic_changed",
}


class Key(NamedTuple):
    """What an event says, without its place and its words: who did what to which thing."""

    room: int
    type: str
    actor: int
    subject: str


@dataclass(slots=True)
class Operation:
    """One. `person` does it; `fields` go with the command, or with the form."""

    kind: str
    person: int
    room: int
    fields: dict[str, Any] = field(default_factory=dict)
    #: Whom it is about, where it is about a person.
    whom: int = 0
    #: Times that it was sent and may have been carried out.
    attempts: int = 0
    is_answered: bool = False
    #: Seq that was answered: of the event it made.
    seq: int | None = None
    #: Code of its refusal; empty: it was carried out.
    code: str = ""
    #: It was carried out and changed something, as is known without a seq.
    must: bool = False

    @property
    def key(self) -> Key | None:
        """What its event says; None: it makes none."""
        made = MAKES.get(self.kind)
        return Key(self.room, made, self.person, self._subject()) if made else None

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.fields.get("text", ""))

    @property
    def may(self) -> int:
        """Events that it may have made besides the one that was answered."""
        if not self.is_answered:
            return self.attempts
        return max(0, self.attempts - 1)

    def __str__(self) -> str:
        return f"{self.kind} by person {self.person} in room {self.room} {self.fields}"

    def _subject(self) -> str:
        if self.kind == "post":
            return str(self.fields["client_id"])
        if self.whom:
            return str(self.whom)
        words = (self.fields.get(name) for name in ("message", "emoji", "name", "topic"))
        return " ".join(str(word) for word in words if word is not None)
