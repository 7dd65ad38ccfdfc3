"""An invitation: a link, or a mail to one person, that lets people into a workspace."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from .workspace import Role


def new_token() -> str:
    """22 URL-safe characters, 128 random bits."""
    return secrets.token_urlsafe(16)


class Invitation(models.Model):
    """Open while it is not revoked, not expired and not used up, and whoever made it may still invite people so.

    The last of these is for `rooms.invitations.still_open` to say.
    """

    workspace = models.ForeignKey("rooms.Workspace", on_delete=models.CASCADE, related_name="invitations")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    email = models.EmailField(blank=True, help_text="Set: only this address may use it.")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    rooms = models.ManyToManyField("rooms.Room", blank=True, help_text="Rooms a newcomer is put in.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"invitation to {self.workspace}" + (f" for {self.email}" if self.email else "")

    @property
    def is_expired(self) -> bool:
        """Its last day has passed."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        """As many came as it lets in."""
        return self.max_uses is not None and self.uses >= self.max_uses
