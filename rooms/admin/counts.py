"""Numbers beside the rows of a list, worked out for the rows that are shown and for no others."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(things: QuerySet[Any], belonging_by: str) -> Coalesce:
    """How many of these things belong to the row, by the foreign key of that name."""
    mine: Any = things.filter(**{belonging_by: OuterRef("pk")}).order_by().values(belonging_by)
    return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)
