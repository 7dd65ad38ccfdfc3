"""The log, to read. Nobody writes it but `rooms.log`."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.paginator import InfinitePaginator

from accounts.admin.days import DayFilter
from accounts.admin.reading import ReadingAdmin, column
from rooms.codec import TYPES
from rooms.models import Event


class TypeFilter(DropdownFilter):
    """One kind of event. The kinds come from their declarations: the log is not read for them."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Event]") -> list[tuple[str, str]]:
        """Every type that there is."""
        return [(tag, tag.replace("_", " ")) for tag in TYPES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The events of the chosen type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadingAdmin):
    """Events, newest first."""

    # Counting the log for a page number would read all of it.
    paginator = InfinitePaginator
    list_display = ("place", "type", "actor", "short_data", "at")
    list_filter = (TypeFilter, ("room", AutocompleteSelectFilter), ("at", DayFilter))
    list_select_related = ("room", "actor")
    ordering = ("-pk",)
    fields = (("room", "seq"), ("type", "at"), "actor", "pretty_data")
    readonly_fields = ("pretty_data",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Without the talk of the site's own, which would be all there is to see."""
        events: QuerySet[Event] = super().get_queryset(request)
        return events.filter(room__workspace__is_hidden=False)

    @column("Room and seq")
    def place(self, event: Event) -> str:
        """Where it stands."""
        return f"{event.room} / {event.seq}"

    @column("Data")
    def short_data(self, event: Event) -> str:
        """The beginning of what it carries."""
        return Truncator(json.dumps(event.data, ensure_ascii=False)).chars(110)

    @column("Data")
    def pretty_data(self, event: Event) -> str:
        """All that it carries."""
        text = json.dumps(event.data, ensure_ascii=False, indent=2)
        return format_html('<pre class="break-words font-mono text-xs" style="white-space: pre-wrap">{}</pre>', text)
