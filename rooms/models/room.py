"""A room: where people of a workspace talk, and who is in it."""

from django.conf import settings
from django.db import models


class Room(models.Model):
    """A place with a log of events. `head` is the seq of the newest one, `tail` that of the first of the whole log."""

    class Kind(models.TextChoices):
        """Who may find a room."""

        PUBLIC = "public"
        PRIVATE = "private"
        DIRECT = "direct"

    workspace = models.ForeignKey("rooms.Workspace", on_delete=models.CASCADE, related_name="rooms")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PUBLIC)
    name = models.CharField(max_length=80, blank=True, help_text="Empty in a direct conversation.")
    topic = models.CharField(max_length=250, blank=True)
    people_key = models.CharField(
        max_length=64, null=True, editable=False, help_text="Direct only: which people, so that each set has one room."
    )
    head = models.BigIntegerField(default=0, editable=False)
    head_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest event was written, the expiry of messages apart."
    )
    tail = models.BigIntegerField(
        default=1, db_default=1, editable=False, help_text="From this seq on the log is whole; it only goes forward."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, editable=False)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="rooms.RoomMembership", related_name="rooms")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "people_key"], name="one_direct_room_a_set_of_people"),
            models.UniqueConstraint(
                "workspace",
                models.functions.Lower("name"),
                condition=models.Q(archived_at=None) & ~models.Q(kind="direct"),
                name="one_open_room_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"direct {self.pk}"

    @property
    def is_direct(self) -> bool:
        """A conversation of two or more, named by its people."""
        return self.kind == self.Kind.DIRECT

    @property
    def is_public(self) -> bool:
        """Any member of the workspace may browse and join."""
        return self.kind == self.Kind.PUBLIC


class RoomMembership(models.Model):
    """A person in a room, and how far they have read."""

    class Notify(models.TextChoices):
        """Of what the person is told by mail while they are away."""

        ALL = "all", "Every message"
        MENTIONS = "mentions", "Mentions"
        NOTHING = "nothing", "Nothing"

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="room_memberships")
    position = models.BigIntegerField(default=0, help_text="Seq of the last event read.")
    delivered = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="Seq of the last event that one of their clients has confirmed; empty where none ever did.",
    )
    notify = models.CharField(
        max_length=8,
        choices=Notify,
        default=Notify.MENTIONS,
        help_text="In a direct conversation every message is a mention.",
    )
    mailed = models.BigIntegerField(default=0, editable=False, help_text="Seq up to which a mail told of messages.")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="one_room_membership_a_person")]
        indexes = [
            # A plain message in a room of thousands looks at these few alone.
            models.Index(fields=["room"], condition=models.Q(notify="all"), name="who_wants_every_message"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"
