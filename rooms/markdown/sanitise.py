"""The last word on what of a message's HTML reaches a page, whatever the parser made of it."""

import nh3

from .code import CLASSES
from .outline import ALIGNMENTS

TAGS = set("a blockquote br code del em h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul".split())
ALIGN = {"align": set(ALIGNMENTS)}
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "span": {"data-person"}},
    allowed_classes={"span": {*CLASSES, "mention", "mention--room"}},
    tag_attribute_values={"td": ALIGN, "th": ALIGN},
    # A wide table scrolls by itself: the keyboard must be able to get into it.
    set_tag_attribute_values={"a": {"target": "_blank"}, "table": {"tabindex": "0"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer",
    generic_attribute_prefixes=None,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Only what the list above allows; doing it twice changes nothing."""
    return CLEANER.clean(html)
