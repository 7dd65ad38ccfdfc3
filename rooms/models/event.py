"""The log: every durable change of a room, in order; of long ago only what a page tells of it."""

from django.conf import settings
from django.db import models

#: What a page tells in a line of its own: few, and kept when the log is trimmed. Messages have a table of their own.
NOTICES = "created pinned renamed topic_changed joined left removed role_changed archived unarchived".split()


class Event(models.Model):
    """Entry `seq` of a room's log: without gaps from the room's `tail` on, before it notices alone.

    Only `rooms.log` writes it, and `rooms.trimming` trims it.
    """

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=24)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(help_text="The event's own fields, as declared in rooms.events.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="one_event_a_seq")]
        # A page finds the few notices among however many messages, edits and reactions.
        indexes = [models.Index(fields=["room", "seq"], condition=models.Q(type__in=NOTICES), name="notices")]

    def __str__(self) -> str:
        return f"{self.type} {self.room_id}/{self.seq}"
