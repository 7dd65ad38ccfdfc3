"""What nodes write about themselves. Nothing here is needed for a message to arrive."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Node(models.Model):
    """One process that serves people, from its start to its end."""

    name = models.CharField(primary_key=True, max_length=12, help_text="As in the log; a new one at each start.")
    host = models.CharField(max_length=64)
    port = models.CharField(max_length=8)
    pid = models.PositiveIntegerField()
    build = models.CharField(max_length=12, help_text="Names the code it runs: nodes with the same run the same.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, help_text="When it stopped in good order.")
    wants_drain = models.BooleanField(default=False, help_text="Somebody has asked it to send its people on.")
    report = models.JSONField(help_text="Its numbers when it was seen, as declared in collab.watch.report.")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Sample(models.Model):
    """A node's numbers at a moment; those that count go up from its start."""

    node = models.CharField(max_length=12)
    at = models.DateTimeField(db_index=True)
    events = models.BigIntegerField()
    deliveries = models.BigIntegerField()
    people = models.IntegerField()
    lag = models.FloatField(help_text="The longest wait for the loop since the sample before, in seconds.")
    written = ArrayField(models.BigIntegerField(), help_text="By bucket of collab.live.metrics.BUCKETS, and above.")

    def __str__(self) -> str:
        return f"{self.node} at {self.at:%H:%M:%S}"


class Passage(models.Model):
    """What a node saw of the events of some seconds: their journeys, packed (collab.watch.passages)."""

    node = models.CharField(max_length=12)
    began_at = models.DateTimeField(help_text="Nothing in it is older.")
    at = models.DateTimeField(db_index=True, help_text="Nothing in it is newer.")
    rooms = ArrayField(
        models.BigIntegerField(), help_text="Of which it tells something: the others need not unpack it."
    )
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.node} until {self.at:%H:%M:%S}"


class Fault(models.Model):
    """A trouble that a node met."""

    node = models.CharField(max_length=12)
    kind = models.CharField(max_length=16)
    text = models.CharField(max_length=200)
    began_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "kind", "text", "began_at"], name="one_fault_a_beginning")
        ]

    def __str__(self) -> str:
        return self.text
