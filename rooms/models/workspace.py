"""A workspace: a team's own place, with its rooms and its people."""

from django.conf import settings
from django.db import models

#: Days that messages may be kept, at the least and at the most. Whoever sends one again within a week, unsure whether
#: it was accepted, finds it here, so that it is not said twice.
KEEP_DAYS = (7, 3650)


class Workspace(models.Model):
    """A team's place. Its general room holds every member who is no guest, and its membership events."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=80)
    general = models.OneToOneField(
        "rooms.Room", on_delete=models.PROTECT, related_name="general_of", null=True, editable=False
    )
    keep_days = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="Days that messages are kept; empty: for ever."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    is_hidden = models.BooleanField(
        "of the site's own",
        default=False,
        # Code that does not know the column goes on writing rows while a new version of the site comes in.
        db_default=False,
        editable=False,
        help_text="Of hidden people alone: whoever counts workspaces, people or messages leaves it out.",
    )
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="rooms.Membership", related_name="workspaces")

    class Meta:
        constraints = [
            # What went cannot come back: no other number gets here, whoever writes it.
            models.CheckConstraint(
                condition=models.Q(keep_days=None) | models.Q(keep_days__range=KEEP_DAYS), name="kept_for_some_days"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do in a workspace, from most to least."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


class Membership(models.Model):
    """A person in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} as {self.role}"

    @property
    def is_guest(self) -> bool:
        """Guests see only the rooms they were put in."""
        return self.role == Role.GUEST

    @property
    def may_manage(self) -> bool:
        """Owners and admins look after people, invitations and rooms."""
        return self.role in {Role.OWNER, Role.ADMIN}
