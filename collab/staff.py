"""What the pages for staff are set up with."""

from collections.abc import Callable
from typing import TypedDict

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise


class Link(TypedDict):
    """An entry of the menu, as Unfold reads it."""

    title: str
    icon: str
    link: str | Promise
    permission: Callable[[HttpRequest], bool]


def link(title: str, icon: str, app: str, model: str) -> Link:
    """The list of a model, for those who may see it. The icon is one of Material Symbols."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{model}"),
    }


def icon(request: HttpRequest) -> str:
    """The site's icon, for the browser's tab."""
    return static("img/icon.svg")
