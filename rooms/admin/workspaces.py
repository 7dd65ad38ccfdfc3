"""Workspaces and who is in them."""

from typing import ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.forms import BaseDialogForm

from accounts.admin.days import DayFilter
from accounts.admin.reading import ReadingAdmin, ReadingInline, ask, by_id, column
from accounts.models import User
from rooms.actions.members import appoint_owner
from rooms.actions.workspaces import keep_for_ever_as_staff
from rooms.admin.counts import count_of
from rooms.models import Membership, Role, Room, Workspace

ROLE_LABELS = {Role.OWNER.label: "warning", Role.ADMIN.label: "info", Role.GUEST.label: "success"}


OWNER_LABELS = {"Owned": "success", "Nobody": "danger", "The site's own": "warning"}


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

    list_display = ("name", "slug", "owner_label", "people_count", "room_count", "created_at")
    list_filter = ("is_hidden", ("created_at", DayFilter))
    search_fields = ("name", "slug")
    search_help_text = "Name or address"
    ordering = ("-pk",)
    fields = (("name", "slug"), ("general", "created_at"), "keep_label", "is_hidden")
    readonly_fields = ("created_at", "keep_label", "is_hidden")
    inlines = (MembershipInline,)
    actions_detail: ClassVar[list[str]] = ["keep_for_ever"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        """With how many people and rooms each has."""
        counted = {
            "_people": count_of(Membership.objects.all(), "workspace"),
            "_rooms": count_of(Room.objects.exclude(kind=Room.Kind.DIRECT), "workspace"),
            "_owners": count_of(Membership.objects.filter(role=Role.OWNER, user__is_active=True), "workspace"),
        }
        workspaces: QuerySet[Workspace] = super().get_queryset(request)
        return workspaces.annotate(**counted)

    def has_keep_for_ever_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Where messages are deleted for their age."""
        expiring = Workspace.objects.exclude(keep_days=None)
        return request.user.has_perm("rooms.change_workspace") and by_id(expiring, object_id) is not None

    @ask(
        "Nothing more is deleted for its age, until an owner sets a time again. What was deleted does not come back.",
        "Keep messages for ever",
        icon="history",
        permission="keep_for_ever",
    )
    def keep_for_ever(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Stop it. How much is deleted is for the owners to say: staff deletes nothing by it."""
        workspace = Workspace.objects.get(pk=object_id)
        keep_for_ever_as_staff(workspace=workspace)
        return self.done(request, workspace, f"Messages of {workspace} are kept for ever now.")

    @column("Messages are kept")
    def keep_label(self, workspace: Workspace) -> str:
        """How long."""
        return f"{workspace.keep_days} days" if workspace.keep_days else "for ever"

    @column("Owner", label=OWNER_LABELS, ordering="_owners")
    def owner_label(self, workspace: Workspace) -> str:
        """Whether somebody owns it who can sign in, or nobody is to."""
        if workspace.is_hidden:
            return "The site's own"
        return "Owned" if workspace._owners else "Nobody"  # type: ignore[attr-defined]  # noqa: SLF001 — annotated above.

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
    actions_detail: ClassVar[list[str]] = ["make_owner"]

    def has_make_owner_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Of people who can sign in and are none."""
        others = Membership.objects.exclude(role=Role.OWNER).filter(user__is_active=True, user__is_hidden=False)
        return request.user.has_perm("rooms.change_membership") and by_id(others, object_id) is not None

    @ask(
        "They may then do everything in the workspace, also to its other owners.",
        "Make owner",
        icon="key",
        permission="make_owner",
    )
    def make_owner(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Appoint."""
        membership = Membership.objects.select_related("user", "workspace").get(pk=object_id)
        appoint_owner(staff=cast(User, request.user), membership=membership)
        return self.done(request, membership, f"{membership.user} owns {membership.workspace} now.")

    @column("Role", label=ROLE_LABELS, ordering="role")
    def role_label(self, membership: Membership) -> str:
        """As a coloured word."""
        return Role(membership.role).label
