"""People, for staff: to look at, to keep out, to let in. Every write is an action of `accounts`."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.actions.people import deactivate, make_staff, reactivate, unmake_staff
from accounts.admin.days import DayFilter
from accounts.admin.reading import ReadingAdmin, ReadingInline, ask, by_id, column
from accounts.models import User

# Written by allauth and by nobody else; groups are not used.
admin.site.unregister([EmailAddress, UserSession, Group])


STANDING_LABELS = {"Active": "success", "Kept out": "danger", "Staff": "info", "The site's own": "warning"}


class EmailAddressInline(ReadingInline):
    """Where mail goes, and whether it is known to arrive."""

    model = EmailAddress
    fields = ("email", "primary", "verified")
    verbose_name_plural = "E-mail addresses"
    ordering = ("-primary", "email")


class SessionInline(ReadingInline):
    """Where the person is signed in."""

    model = UserSession
    fields = ("ip", "user_agent", "created_at", "last_seen_at")
    verbose_name_plural = "Sessions"
    ordering = ("-last_seen_at",)


@admin.register(User)
class UserAdmin(ReadingAdmin):
    """People: find them, see where they are signed in, keep them out or let them in."""

    list_display = ("person", "email", "standing", "time_zone", "date_joined", "last_login")
    list_display_links = ("person",)
    list_filter = ("is_active", "is_staff", "is_hidden", ("date_joined", DayFilter))
    search_fields = ("name", "handle", "email")
    search_help_text = "Name, @handle or e-mail address"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": (("name", "handle"), ("email", "time_zone"), "status")}),
        ("Standing", {"fields": (("is_active", "is_staff", "is_hidden"), ("date_joined", "last_login"), "changed_at")}),
    )
    readonly_fields = ("status", "is_hidden")
    inlines = (EmailAddressInline, SessionInline)
    actions_detail: ClassVar[list[str]] = ["keep_out", "let_in", "open_admin", "close_admin"]

    @column("Person", header=True, ordering="name")
    def person(self, user: User) -> list[Any]:
        """Name and handle beside the picture or the initials."""
        return [user.name, f"@{user.handle}", user.initials, picture(user)]

    @column("Standing", label=STANDING_LABELS, ordering="is_active")
    def standing(self, user: User) -> str:
        """In a word."""
        if user.is_hidden:
            return "The site's own"
        if not user.is_active:
            return "Kept out"
        return "Staff" if user.is_staff else "Active"

    @column("Status")
    def status(self, user: User) -> str:
        """What they say that they are doing."""
        return f"{user.status_emoji} {user.status_text}".strip()

    def has_keep_out_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Of people who are in; nobody keeps themselves out, and only superusers other staff."""
        user = by_id(User.objects.all(), object_id)
        return user is not None and user.is_active and _may_change(request, user)

    def has_let_in_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Of people who are kept out."""
        user = by_id(User.objects.all(), object_id)
        return user is not None and not user.is_active and _may_change(request, user)

    def has_open_admin_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """By superusers, to people who have none."""
        user = by_id(User.objects.filter(is_hidden=False), object_id)
        return user is not None and user.is_active and not user.is_staff and _is_superuser(request)

    def has_close_admin_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """By superusers, to others."""
        user = by_id(User.objects.all(), object_id)
        return user is not None and user.is_staff and user.pk != request.user.pk and _is_superuser(request)

    @ask(
        "They are signed out everywhere at once and cannot sign in. What they wrote stays. "
        "A workspace that nobody else owns needs another owner: make one on the page of a membership.",
        "Keep out",
        icon="block",
        variant=ActionVariant.DANGER,
        permission="keep_out",
    )
    def keep_out(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Deactivate."""
        user = User.objects.get(pk=object_id)
        deactivate(user=user)
        return self.done(request, user, f"{user} is kept out.")

    @ask("They can sign in again.", "Let in again", icon="login", permission="let_in")
    def let_in(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Reactivate."""
        user = User.objects.get(pk=object_id)
        reactivate(user=user)
        return self.done(request, user, f"{user} may come in again.")

    @ask(
        "They can then see and do everything here, in all workspaces.",
        "Make staff",
        icon="shield_person",
        permission="open_admin",
    )
    def open_admin(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Give admin."""
        user = User.objects.get(pk=object_id)
        make_staff(user=user)
        return self.done(request, user, f"{user} is staff now.")

    @ask(
        "They lose admin and keep everything else.",
        "No longer staff",
        icon="remove_moderator",
        permission="close_admin",
    )
    def close_admin(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Take admin away."""
        user = User.objects.get(pk=object_id)
        unmake_staff(user=user)
        return self.done(request, user, f"{user} is no longer staff.")


def picture(user: User) -> dict[str, Any]:
    """The avatar as Unfold's lists draw it; without one they draw the initials."""
    return {"path": user.avatar_url, "squared": False, "borderless": True} if user.avatar else {}


def _may_change(request: HttpRequest, user: User) -> bool:
    mine = request.user
    may = isinstance(mine, User) and mine.has_perm("accounts.change_user")
    return may and user.pk != mine.pk and not user.is_hidden and (not user.is_staff or _is_superuser(request))


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
