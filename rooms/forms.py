"""What people fill in about workspaces, rooms and people; refusals of the rules stand beside the fields."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from collab.live.errors import CodedError
from rooms.access import joined_rooms, people_of
from rooms.models import Membership, Role, Room

T = TypeVar("T")

MOST_MAILS = 50

TOO_LONG = "That is too long: it may have %(limit_value)d characters."
UNKNOWN_PERSON = {
    "required": "Choose someone.",
    "invalid_choice": "There is no such person here.",
    "invalid_pk_value": "There is no such person here.",
}


class RoomsForm(forms.Form):
    """A form whose action may still refuse what looked right."""

    #: By the code of a refusal, the field it is about; the others are about the form.
    about = {"name_taken": "name", "name_invalid": "name"}

    def carry_out(self, action: Callable[[dict[str, Any]], T]) -> T | None:
        """Call the action with what the form holds; None, with errors on the form, where either is not right."""
        if not self.is_valid():
            return None
        try:
            return action(self.cleaned_data)
        except CodedError as refused:
            field = self.about.get(refused.code)
            self.add_error(field if field in self.fields else None, ValidationError(str(refused), code=refused.code))
            return None

    @property
    def first_error(self) -> str:
        """What to say where there is room for one line; empty if all is right."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class NotifyForm(RoomsForm):
    """Of what one is told by mail."""

    notify = forms.CharField(error_messages={"required": "Choose one of the three."})


def name_field() -> forms.CharField:
    """A name of a workspace or room."""
    return forms.CharField(max_length=80, error_messages={"required": "Give it a name.", "max_length": TOO_LONG})


def topic_field() -> forms.CharField:
    """What a room is about; may be empty."""
    return forms.CharField(max_length=250, required=False, error_messages={"max_length": TOO_LONG})


class WorkspaceForm(RoomsForm):
    """A new workspace."""

    name = name_field()


class RoomForm(RoomsForm):
    """A new room."""

    name = name_field()
    topic = topic_field()
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in (Room.Kind.PUBLIC, Room.Kind.PRIVATE)])


class RenameForm(RoomsForm):
    """Another name."""

    name = name_field()


class KeepForm(RoomsForm):
    """How long messages are kept; the action knows which times there are."""

    about = {"keep_invalid": "days"}
    days = forms.IntegerField(
        required=False, error_messages={"invalid": "Type a number of days, or nothing: then they are kept for ever."}
    )


class TopicForm(RoomsForm):
    """Another topic."""

    about = {"name_invalid": "topic"}
    topic = topic_field()


class PeopleForm(RoomsForm):
    """One person or several of those whom the person who asks may see."""

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = forms.ModelMultipleChoiceField(people_of(membership), error_messages=UNKNOWN_PERSON)


class PersonForm(RoomsForm):
    """One person of those whom the person who asks may see."""

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(people_of(membership), error_messages=UNKNOWN_PERSON)


class RoleForm(PersonForm):
    """Another role for a person."""

    role = forms.ChoiceField(choices=Role.choices)


class InviteForm(RoomsForm):
    """An invitation: as what, into which rooms, for how long and how many."""

    emails = forms.CharField(required=False, max_length=5000, error_messages={"max_length": TOO_LONG})
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in Role if role != Role.OWNER])
    days = forms.TypedChoiceField(
        choices=[("", ""), ("1", "1"), ("7", "7"), ("30", "30")], coerce=int, required=False, empty_value=None
    )
    max_uses = forms.IntegerField(min_value=1, max_value=1000, required=False)

    def __init__(self, *args: Any, membership: Membership, by_mail: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_mail = by_mail
        self.fields["rooms"] = forms.ModelMultipleChoiceField(invitable_rooms(membership), required=False)

    def clean_emails(self) -> list[str]:
        """The addresses, however they are set apart."""
        addresses = [each for each in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if each]
        if self.by_mail and not addresses:
            raise ValidationError("Type at least one e-mail address.")
        if len(addresses) > MOST_MAILS:
            raise ValidationError(f"That is a lot at once: {MOST_MAILS} addresses at most.")
        for address in addresses:
            self._check(address)
        return addresses

    @staticmethod
    def _check(address: str) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise ValidationError(f"“{address}” is no e-mail address.") from None


def invitable_rooms(membership: Membership) -> QuerySet[Room]:
    """Rooms that newcomers may be put in: one's own, besides the general one that all come into."""
    rooms = joined_rooms(membership).filter(archived_at=None).exclude(kind=Room.Kind.DIRECT)
    return rooms.exclude(general_of=membership.workspace).order_by("name")
