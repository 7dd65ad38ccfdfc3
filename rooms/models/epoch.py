"""Which life of the data this is."""

import uuid

from django.db import models
from django.utils import timezone


class Epoch(models.Model):
    """The one row that names this life of the data: a restore begins another. Only `rooms.epoch` writes it."""

    is_current = models.BooleanField(primary_key=True, default=True)
    name = models.UUIDField(default=uuid.uuid4)
    began_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Made by its migration itself: whoever empties all tables, as tests do, leaves the row.
        managed = False
        db_table = "rooms_epoch"

    def __str__(self) -> str:
        return str(self.name)
