"""Rooms and who is in them."""

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from accounts.admin.reading import ReadingAdmin, ReadingInline, column
from rooms.admin.counts import count_of
from rooms.models import Room, RoomMembership

KIND_LABELS = {"Public": "success", "Private": "warning", "Direct": "info", "Archived": "danger"}


class RoomMembershipInline(ReadingInline):
    """Who is in a room, and how far they have read."""

    model = RoomMembership
    fields = ("user", "position", "joined_at")
    readonly_fields = ("joined_at",)
    verbose_name_plural = "People"
    ordering = ("joined_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoomMembership]:
        """With the people, who are shown by name."""
        things: QuerySet[RoomMembership] = super().get_queryset(request)
        return things.select_related("user")


class ArchivedFilter(admin.SimpleListFilter):
    """Open rooms, or those that can only be read."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Room]") -> list[tuple[str, str]]:
        """What one can choose."""
        return [("open", "Open"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Room]) -> QuerySet[Room]:
        """The chosen rooms."""
        chosen = {"open": True, "archived": False}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(archived_at__isnull=chosen)


@admin.register(Room)
class RoomAdmin(ReadingAdmin):
    """Rooms. Of direct conversations staff sees who has them, and that they are there."""

    list_display = ("called", "workspace", "kind_label", "people_count", "head", "head_at")
    list_display_links = ("called",)
    list_filter = (("kind", ChoicesDropdownFilter), ArchivedFilter, ("workspace", AutocompleteSelectFilter))
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name", "workspace__slug")
    search_help_text = "Room or workspace"
    ordering = ("-pk",)
    fields = (
        ("name", "workspace"),
        ("kind", "archived_at"),
        "topic",
        ("head", "head_at"),
        ("created_by", "created_at"),
    )
    readonly_fields = ("head", "head_at", "created_at", "archived_at")
    inlines = (RoomMembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        """With how many people each has, and for direct ones, which have no name, who they are."""
        rooms: QuerySet[Room] = super().get_queryset(request)
        named_by = RoomMembership.objects.filter(room__kind=Room.Kind.DIRECT).select_related("user")
        return rooms.annotate(_people=count_of(RoomMembership.objects.all(), "room")).prefetch_related(
            Prefetch("memberships", named_by, to_attr="named_by")
        )

    @column("Room", ordering="name")
    def called(self, room: Room) -> str:
        """The name, or the people of a direct conversation."""
        people: list[RoomMembership] = room.named_by  # type: ignore[attr-defined]  # prefetched above.
        return room.name or ", ".join(sorted(each.user.name for each in people))

    @column("Kind", label=KIND_LABELS, ordering="kind")
    def kind_label(self, room: Room) -> str:
        """Who may find it, or that it is closed."""
        return "Archived" if room.archived_at else Room.Kind(room.kind).label

    @column("People", ordering="_people")
    def people_count(self, room: Room) -> int:
        """How many are in it."""
        return room._people  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001 — annotated above.
