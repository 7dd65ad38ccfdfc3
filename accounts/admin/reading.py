"""Pages for staff that are there to be read, with buttons for what may be done."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

logger = structlog.get_logger(__name__)

Shown = TypeVar("Shown", bound=Callable[..., Any])
Thing = TypeVar("Thing", bound=Model)


class Reading:
    """To read only: what a model says is changed by actions, never by a form."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class ReadingAdmin(Reading, ModelAdmin):
    """A list and a page a thing, both to read."""

    list_fullwidth = True
    list_filter_sheet = False
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    # Facets count every row for every choice.
    show_facets = ShowFacets.NEVER

    def done(self, request: HttpRequest, thing: Model, words: str) -> HttpResponse:
        """Back on the page of a thing, with a word on what was done to it."""
        resolved = request.resolver_match
        action = resolved.url_name if resolved is not None else None
        logger.info("admin_action", action=action, thing=self.opts.model_name, thing_id=thing.pk)
        self.message_user(request, words, messages.SUCCESS)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseClientRedirect(reverse(name, args=[thing.pk]))

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """None while nothing is shown."""
        return super().get_inlines(request, obj) if obj else []


class ReadingInline(Reading, TabularInline):
    """What belongs to a thing, to read, on the thing's own page."""

    extra = 0
    per_page = 25
    show_change_link = False
    can_delete = False
    hide_title = True


def by_id(things: QuerySet[Thing], object_id: str | None) -> Thing | None:
    """The one of these that an address names; None: it names none of them."""
    return things.filter(pk=object_id).first() if object_id and object_id.isdecimal() else None


def column(description: str, **options: Any) -> Callable[[Shown], Shown]:
    """A method as a column or a field; the options are those of Unfold's `display`."""
    decorate: Callable[[Shown], Shown] = display(description=description, **options)
    return decorate


def ask(
    question: str, button: str, *, icon: str, variant: ActionVariant = ActionVariant.DEFAULT, permission: str
) -> Callable[..., Any]:
    """A button on a thing's page that asks first. The answer is a POST, so no link from elsewhere can press it."""
    dialog = {"title": button, "description": question, "form_class": BaseDialogForm, "form_submit_text": button}
    decorate: Callable[..., Any] = action(
        description=button, icon=icon, variant=variant, dialog=dialog, permissions=[permission]
    )
    return decorate
