"""What leaves the site: a row written with its reason in one transaction, and sent afterwards until it is gone."""

import uuid

from django.conf import settings
from django.db import models


class Delivery(models.Model):
    """One mail that is to be sent, was sent, or could not be.

    A mail of messages gathers: there is at most one that waits for a person, and what it says is looked up when it is
    sent.
    """

    class Kind(models.TextChoices):
        """What is sent."""

        MESSAGES = "messages", "Messages"
        INVITATION = "invitation", "Invitation"

    class State(models.TextChoices):
        """How far it has got."""

        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        RETRYING = "retrying", "Trying again"
        SENT = "sent", "Sent"
        NOT_NEEDED = "not_needed", "Not needed"
        DEAD = "dead", "Given up"

    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    key = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="Goes out with each try, so that others can tell one from two."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="deliveries", help_text="To whom."
    )
    invitation = models.ForeignKey("rooms.Invitation", on_delete=models.CASCADE, null=True, related_name="deliveries")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True, help_text="When it is tried next.")
    claimed_until = models.DateTimeField(null=True, help_text="While it is sent: when another may take it up.")
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(kind="messages", state="waiting"),
                name="one_waiting_mail_of_messages_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="messages", user__isnull=False)
                | models.Q(kind="invitation", invitation__isnull=False),
                name="a_delivery_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address}"

    @property
    def address(self) -> str:
        """The e-mail address it goes to."""
        if self.user is not None:
            return self.user.email
        return self.invitation.email if self.invitation is not None else ""


class MailSettings(models.Model):
    """Whether and when a person wants mail; who has none of these wants it at any time."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_settings")
    is_on = models.BooleanField("mail what I miss", default=True)
    quiet_from = models.TimeField(null=True, blank=True, help_text="In the person's time zone.")
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail settings"

    def __str__(self) -> str:
        return f"mail settings of {self.user}"
