"""What was measured: a row a minute, summed up by the hour; and who measures."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Measured(models.Model):
    """The fields of a `Tally`, as columns."""

    beats = models.PositiveIntegerField(help_text="Messages that were due.")
    accepted = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    unavailable = models.PositiveIntegerField()
    histogram = ArrayField(models.PositiveIntegerField(), help_text="Deliveries by collab.status.histogram.BOUNDS.")
    longest = models.PositiveIntegerField(help_text="Milliseconds.")

    class Meta:
        abstract = True


class Minute(Measured):
    """One minute as one process measured it. Where two took turns in it, it has two rows."""

    minute = models.DateTimeField()
    holder = models.CharField(max_length=64, help_text="The process that measured.")
    median = models.PositiveIntegerField(null=True, help_text="Milliseconds; empty where nothing was delivered.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["minute", "holder"], name="one_row_a_minute_and_holder")]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} by {self.holder}"


class Hour(Measured):
    """All minutes of an hour, so that a month is read in 720 rows."""

    hour = models.DateTimeField(unique=True)
    minutes = models.PositiveSmallIntegerField(help_text="How many of its minutes were measured.")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00}"


class Canary(models.Model):
    """The canary, of which there is one: its room, its people, and which process holds it now."""

    #: Always 1: nobody makes a second.
    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    room = models.ForeignKey("rooms.Room", on_delete=models.PROTECT, related_name="+")
    speaker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    listener = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=64, blank=True, help_text="The process that measures.")
    held_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True, help_text="Then another may take over.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_canary")]

    def __str__(self) -> str:
        return f"held by {self.holder or 'nobody'}"
