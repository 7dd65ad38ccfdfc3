"""Invitations, and taking them back."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.reading import ReadingAdmin, ask, by_id, column
from rooms.actions.invitations import revoke_as_staff
from rooms.invitations import still_offered
from rooms.models import Invitation, Role

STATE_LABELS = {"Open": "success", "Used up": "info", "Expired": "warning", "Lapsed": "warning", "Revoked": "danger"}


@admin.register(Invitation)
class InvitationAdmin(ReadingAdmin):
    """Invitations. The token is not shown: whoever has it comes in."""

    list_display = ("workspace", "meant_for", "role_label", "state", "used", "created_by", "created_at", "expires_at")
    list_display_links = ("workspace", "meant_for")
    list_filter = (("role", ChoicesDropdownFilter), ("workspace", AutocompleteSelectFilter))
    list_select_related = ("workspace", "created_by")
    search_fields = ("email", "workspace__name", "created_by__name", "created_by__email")
    search_help_text = "E-mail address, workspace, or who invites"
    ordering = ("-pk",)
    fields = (
        ("workspace", "meant_for"),
        ("role", "rooms"),
        ("state", "used"),
        ("created_by", "created_at"),
        ("expires_at", "revoked_at"),
    )
    readonly_fields = ("meant_for", "state", "used", "created_at", "revoked_at")
    actions_detail: ClassVar[list[str]] = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """All, and whether their makers may still invite people so."""
        invitations: QuerySet[Invitation] = super().get_queryset(request)
        return invitations.annotate(is_offered=still_offered())

    @column("For", ordering="email")
    def meant_for(self, invitation: Invitation) -> str:
        """The address it was mailed to, or that it is a link."""
        return invitation.email or "whoever has the link"

    @column("Role", ordering="role")
    def role_label(self, invitation: Invitation) -> str:
        """As what people come in."""
        return Role(invitation.role).label

    @column("State", label=STATE_LABELS)
    def state(self, invitation: Invitation) -> str:
        """Whether it still lets someone in, and if not, why. Lapsed: its maker may not invite people so any more."""
        if invitation.revoked_at is not None:
            return "Revoked"
        if not invitation.is_offered:  # type: ignore[attr-defined]
            return "Lapsed"
        if invitation.is_expired:
            return "Expired"
        return "Used up" if invitation.is_used_up else "Open"

    @column("Used", ordering="uses")
    def used(self, invitation: Invitation) -> str:
        """How often, of how often it may be."""
        return f"{invitation.uses} of {invitation.max_uses}" if invitation.max_uses else str(invitation.uses)

    def has_take_back_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """While it is not revoked."""
        revocable = Invitation.objects.filter(revoked_at=None)
        return request.user.has_perm("rooms.change_invitation") and by_id(revocable, object_id) is not None

    @ask(
        "Nobody comes in by it any more. Who has come in stays.",
        "Revoke",
        icon="link_off",
        variant=ActionVariant.DANGER,
        permission="take_back",
    )
    def take_back(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Revoke."""
        invitation = Invitation.objects.get(pk=object_id)
        revoke_as_staff(invitation=invitation)
        return self.done(request, invitation, "The invitation is revoked.")
