"""Workspaces and who is in them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from accounts.admin.days import DayFilter
from accounts.admin.reading import ReadingAdmin, ReadingInline, column
from rooms.admin.counts import count_of
from rooms.models import Membership, Role, Room, Workspace

ROLE_LABELS = {Role.OWNER.label: "warning", Role.ADMIN.label: "info", Role.GUEST.label: "success"}


class MembershipInline(ReadingInline):
    """Who is in a workspace."""

    model = Membership
    fields = ("user", "role", "joined_at")
    readonly_fields = ("joined_at",)
    verbose_name_plural = "People"
    ordering = ("joined_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """With the people, who are shown by name."""
        things: QuerySet[Membership] = super().get_queryset(request)
        return things.select_related("user")


@admin.register(Workspace)
class WorkspaceAdmin(ReadingAdmin):
    """Workspaces."""

    list_display = ("name", "slug", "people_count", "room_count", "created_at")
    list_filter = (("created_at", DayFilter),)
    search_fields = ("name", "slug")
    search_help_text = "Name or address"
    ordering = ("-pk",)
    fields = (("name", "slug"), ("general", "created_at"))
    readonly_fields = ("created_at",)
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        """With how many people and rooms each has."""
        counted = {
            "_people": count_of(Membership.objects.all(), "workspace"),
            "_rooms": count_of(Room.objects.exclude(kind=Room.Kind.DIRECT), "workspace"),
        }
        workspaces: QuerySet[Workspace] = super().get_queryset(request)
        return workspaces.annotate(**counted)

    @column("People", ordering="_people")
    def people_count(self, workspace: Workspace) -> int:
        """How many are in it."""
        return workspace._people  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001 — annotated above.

    @column("Rooms", ordering="_rooms")
    def room_count(self, workspace: Workspace) -> int:
        """Public and private ones."""
        return workspace._rooms  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001 — annotated above.


@admin.register(Membership)
class MembershipAdmin(ReadingAdmin):
    """Who is in which workspace, as what."""

    list_display = ("user", "workspace", "role_label", "joined_at")
    list_filter = (
        ("role", ChoicesDropdownFilter),
        ("workspace", AutocompleteSelectFilter),
        ("joined_at", DayFilter),
    )
    list_select_related = ("user", "workspace")
    search_fields = ("user__name", "user__handle", "user__email", "workspace__name")
    search_help_text = "Person or workspace"
    ordering = ("-pk",)
    fields = (("user", "workspace"), ("role", "joined_at"))
    readonly_fields = ("joined_at",)

    @column("Role", label=ROLE_LABELS, ordering="role")
    def role_label(self, membership: Membership) -> str:
        """As a coloured word."""
        return Role(membership.role).label
