"""What leaves the site by mail: what waits, what went, what was given up, and sending that again."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.forms import BaseDialogForm

from accounts.admin.reading import ReadingAdmin, ask, by_id, column
from rooms.actions.deliveries import send_again
from rooms.models import Delivery

STATE_LABELS = {
    "Waiting": "info",
    "Being sent": "info",
    "Trying again": "warning",
    "Sent": "success",
    "Given up": "danger",
}


@admin.register(Delivery)
class DeliveryAdmin(ReadingAdmin):
    """Deliveries, newest first."""

    list_display = ("goes_to", "kind", "state_label", "attempts", "due_at", "sent_at", "error")
    list_display_links = ("goes_to",)
    list_filter = (("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_select_related = ("user", "invitation")
    search_fields = ("user__email", "user__name", "invitation__email")
    search_help_text = "E-mail address or name"
    ordering = ("-pk",)
    fields = (
        ("goes_to", "kind"),
        ("state_label", "attempts"),
        ("created_at", "due_at"),
        ("first_tried_at", "sent_at"),
        "last_error",
        "key",
    )
    readonly_fields = ("goes_to", "state_label")
    actions_detail: ClassVar[list[str]] = ["try_again"]

    @column("To", ordering="user__email")
    def goes_to(self, delivery: Delivery) -> str:
        """The address."""
        return delivery.address

    @column("State", label=STATE_LABELS, ordering="state")
    def state_label(self, delivery: Delivery) -> str:
        """How far it has got."""
        return Delivery.State(delivery.state).label

    @column("Last error")
    def error(self, delivery: Delivery) -> str:
        """The beginning of what the last try failed with."""
        return delivery.last_error[:80]

    def has_try_again_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Where it was given up."""
        given_up = Delivery.objects.filter(state=Delivery.State.DEAD)
        return request.user.has_perm("rooms.change_delivery") and by_id(given_up, object_id) is not None

    @ask("It is tried at once, and for another day.", "Send again", icon="forward_to_inbox", permission="try_again")
    def try_again(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Send it again."""
        delivery = Delivery.objects.get(pk=object_id)
        send_again(delivery=delivery)
        return self.done(request, delivery, "It is sent again.")
