"""A filter from one day to another."""

from datetime import datetime, time
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.timezone import make_aware
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str


class DayFilter(RangeDateFilter):
    """From a day to a day, both of them included, by the reader's own clock."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """What lies within; a day that is none does not narrow it."""
        limits: dict[str, Any] = {}
        if first := self._moment("from", time.min):
            limits[f"{self.parameter_name}__gte"] = first
        if last := self._moment("to", time.max):
            limits[f"{self.parameter_name}__lte"] = last
        return queryset.filter(**limits)

    def _moment(self, end: str, clock: time) -> datetime | None:
        day = parse_date_str(str(self.used_parameters.get(f"{self.parameter_name}_{end}", "")))
        return make_aware(datetime.combine(day, clock)) if day else None
