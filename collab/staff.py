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


UNFOLD = {
    "SITE_TITLE": "Collab for staff",
    "SITE_HEADER": "Collab",
    "SITE_SUBHEADER": "For staff",
    "SITE_URL": "/",
    "SITE_SYMBOL": "forum",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    # The greys and the green of static/css/tokens.css.
    "COLORS": {
        "base": {
            "50": "oklch(0.985 0.004 90)",
            "100": "oklch(0.962 0.006 88)",
            "200": "oklch(0.915 0.008 88)",
            "300": "oklch(0.86 0.009 88)",
            "400": "oklch(0.7 0.011 86)",
            "500": "oklch(0.53 0.013 82)",
            "600": "oklch(0.44 0.013 80)",
            "700": "oklch(0.36 0.011 80)",
            "800": "oklch(0.275 0.008 80)",
            "900": "oklch(0.208 0.006 80)",
            "950": "oklch(0.165 0.006 80)",
        },
        "primary": {
            "50": "oklch(0.97 0.015 168)",
            "100": "oklch(0.943 0.028 168)",
            "200": "oklch(0.885 0.05 167)",
            "300": "oklch(0.815 0.08 166)",
            "400": "oklch(0.765 0.1 166)",
            "500": "oklch(0.6 0.1 167)",
            "600": "oklch(0.435 0.084 167)",
            "700": "oklch(0.37 0.078 167)",
            "800": "oklch(0.32 0.062 167)",
            "900": "oklch(0.27 0.05 167)",
            "950": "oklch(0.2 0.035 167)",
        },
    },
    "COMMAND": {"search_models": ["accounts.user", "rooms.workspace", "rooms.room"]},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": [
            {
                "title": "Operation",
                "separator": True,
                "items": [
                    {
                        "title": "Live",
                        "icon": "monitor_heart",
                        "link": reverse_lazy("admin_live"),
                        "permission": lambda request: request.user.is_staff,
                    },
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    link("People", "person", "accounts", "user"),
                    link("Memberships", "group", "rooms", "membership"),
                    link("Invitations", "mail", "rooms", "invitation"),
                    link("Deliveries", "outbox", "rooms", "delivery"),
                ],
            },
            {
                "title": "Talk",
                "separator": True,
                "items": [
                    link("Workspaces", "apartment", "rooms", "workspace"),
                    link("Rooms", "tag", "rooms", "room"),
                    link("Messages", "chat", "rooms", "message"),
                    link("Event log", "receipt_long", "rooms", "event"),
                ],
            },
        ],
    },
}
