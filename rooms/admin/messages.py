"""Messages: to find, to read, to delete. Deleting goes through the log and is live in the room at once."""

from collections.abc import Iterable
from typing import Any, cast

import structlog
from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.paginator import InfinitePaginator

from accounts.admin.days import DayFilter
from accounts.admin.people import picture
from accounts.admin.reading import ReadingAdmin, ReadingInline, column
from accounts.models import User
from rooms.actions.messages import delete_message
from rooms.errors import MessageNotFound
from rooms.models import Message, Reaction, Wording

logger = structlog.get_logger(__name__)


class WordingInline(ReadingInline):
    """What a message said before its edits."""

    model = Wording
    fields = ("text", "at")
    verbose_name_plural = "Earlier wordings"
    ordering = ("edit_seq",)


class ReactionInline(ReadingInline):
    """Who put what on it."""

    model = Reaction
    fields = ("emoji", "user")
    verbose_name_plural = "Reactions"
    ordering = ("seq",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reaction]:
        """With the people, who are shown by name."""
        things: QuerySet[Reaction] = super().get_queryset(request)
        return things.select_related("user")


class DeletedFilter(admin.SimpleListFilter):
    """Messages that stand, or that are gone."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Message]") -> list[tuple[str, str]]:
        """What one can choose."""
        return [("standing", "Standing"), ("edited", "Edited"), ("deleted", "Deleted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """The chosen messages."""
        if self.value() == "edited":
            return queryset.filter(deleted_at=None).exclude(edited_at=None)
        chosen = {"standing": True, "deleted": False}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(deleted_at__isnull=chosen)


@admin.register(Message)
class MessageAdmin(ReadingAdmin):
    """Messages, newest first."""

    # Counting all messages for a page number costs more than the page.
    paginator = InfinitePaginator
    list_display = ("who", "said", "place", "at", "state")
    list_display_links = ("who", "said")
    list_filter = (
        DeletedFilter,
        ("room", AutocompleteSelectFilter),
        ("author", AutocompleteSelectFilter),
        ("at", DayFilter),
    )
    list_select_related = ("author", "room__workspace")
    search_fields = ("words",)
    search_help_text = "Whole words of the text"
    ordering = ("-pk",)
    readonly_fields = ("journey",)
    fields = (
        ("author", "at"),
        ("room", "seq"),
        "journey",
        "text",
        ("edited_at", "deleted_at"),
        ("mentions_room", "client_id"),
    )
    inlines = (WordingInline, ReactionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """What people said: the site's own would be all there is to see, at 17,000 a day."""
        messages: QuerySet[Message] = super().get_queryset(request)
        return messages.filter(room__workspace__is_hidden=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of messages that stand, for staff who may."""
        return request.user.has_perm("rooms.delete_message") and (obj is None or obj.deleted_at is None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Through the index of words: a search of the text itself would read every message there is."""
        words = search_term.replace("\0", "").strip()
        found = (
            queryset.filter(words=SearchQuery(words, config="simple", search_type="websearch")) if words else queryset
        )
        return found, False

    def get_deleted_objects(
        self, objs: Iterable[Message], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What the page that asks says: the messages, each in a line. Nothing else goes with them."""
        standing = [message for message in objs if message.deleted_at is None]
        lines = [f"{message.author or 'Someone'} in {message.room}: {_short(message)}" for message in standing]
        return lines, {"messages": len(lines)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        """Delete one, in the log."""
        _delete(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Delete several, each in the log of its room."""
        _delete(request, queryset.filter(deleted_at=None))

    @column("Author", header=True, ordering="author__name")
    def who(self, message: Message) -> list[Any]:
        """The author beside their picture."""
        author = message.author
        return [author.name, f"@{author.handle}", author.initials, picture(author)] if author else ["Someone", ""]

    @column("Text")
    def said(self, message: Message) -> str:
        """The beginning of it."""
        return _short(message)

    @column("Room", header=True, ordering="room__name")
    def place(self, message: Message) -> list[str]:
        """Where it was said."""
        return [str(message.room), message.room.workspace.name]

    @column("How it travelled")
    def journey(self, message: Message) -> str:
        """To the page that tells."""
        address = reverse("admin_message_journey", args=[message.pk])
        return format_html('<a href="{}">From its sender to each screen</a>', address)

    @column("State", label={"Deleted": "danger", "Edited": "info"})
    def state(self, message: Message) -> str:
        """Whether it is as it was said."""
        if message.deleted_at is not None:
            return "Deleted"
        return "Edited" if message.edited_at else ""


def _short(message: Message) -> str:
    return Truncator(" ".join(message.text.split())).chars(140) or "(deleted)"


def _delete(request: HttpRequest, messages: Iterable[Message]) -> None:
    for message in messages:
        try:
            delete_message(user=cast(User, request.user), room_id=message.room_id, message=message.seq, as_staff=True)
        except MessageNotFound:
            # Somebody else was faster; it is gone, which is what was asked for.
            continue
        logger.info("admin_action", action="rooms_message_delete", thing="message", thing_id=message.pk)
