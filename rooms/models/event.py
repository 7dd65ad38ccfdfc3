"""The log: every durable change of a room, in order."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Entry `seq` of a room's log: 1, 2, 3, without gaps. Only `rooms.log` writes it."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=24)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(help_text="The event's own fields, as declared in rooms.events.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="one_event_a_seq")]

    def __str__(self) -> str:
        return f"{self.type} {self.room_id}/{self.seq}"
