"""What people say: messages, their earlier wordings, mentions, reactions and pins.

All of these are read models of the log, written in the same transaction as the event that made them.
A message is named by its room and the seq of its `posted` event.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class Message(models.Model):
    """One message. A deleted one stays as a tombstone without its text."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="messages")
    seq = models.BigIntegerField(help_text="Seq of its posted event: its name within the room.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="messages")
    client_id = models.UUIDField(help_text="Made by the sender; a retry carries the same one.")
    text = models.TextField(help_text="Markdown, as typed.")
    html = models.TextField(help_text="The text rendered and sanitised.")
    mentions_room = models.BooleanField(default=False)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    words = models.GeneratedField(
        expression=SearchVector("text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_a_seq"),
            models.UniqueConstraint(fields=["author", "client_id"], name="accepted_once"),
        ]
        # New words wait in a list, in KiB. When it is full, whoever writes next sorts it in: 51 ms for PostgreSQL's own
        # 4 MiB, 4 ms for this.
        indexes = [GinIndex(fields=["words"], name="message_words", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return f"message {self.room_id}/{self.seq}"


class Wording(models.Model):
    """What a message said before an edit."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="wordings")
    edit_seq = models.BigIntegerField(help_text="Seq of the edited event that replaced it.")
    text = models.TextField()
    at = models.DateTimeField(help_text="When it was replaced.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "edit_seq"], name="one_wording_an_edit")]

    def __str__(self) -> str:
        return f"{self.message} before {self.edit_seq}"


class Mention(models.Model):
    """A person named by @handle when the message was posted."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="one_mention_a_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.message}"


class Reaction(models.Model):
    """A person's emoji on a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=32)
    seq = models.BigIntegerField(help_text="Seq of its reacted event; orders reactions.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user", "emoji"], name="one_reaction_an_emoji")]

    def __str__(self) -> str:
        return f"{self.emoji} by {self.user}"


class Pin(models.Model):
    """A message kept at hand for the whole room."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="pin")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    seq = models.BigIntegerField(help_text="Seq of its pinned event; orders pins.")

    def __str__(self) -> str:
        return f"pin of {self.message}"
