"""What people write: checked on the way in, rendered once, searched for the people it names."""

import re
import unicodedata
from collections.abc import Mapping
from html import escape, unescape

from collab.live.errors import TextInvalid
from rooms import markdown
from rooms.errors import TextEmpty, TextTooLong
from rooms.markdown.mentions import ROOM, handles_in
from rooms.markdown.sanitise import sanitise

#: Characters of a message, after `clean`.
MAX_LENGTH = 16_000

# Letters and symbols by their Unicode category, and yet nothing to see: fillers, joiners, variation selectors.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TAG = re.compile(r"<(?!hr)[^>]*>")


def clean(text: str) -> str:
    """The text as it is stored: line feeds only between lines, no blank space around it.

    Raises TextInvalid (NUL, lone surrogates), TextTooLong, TextEmpty (nothing one could see).
    """
    if UNSTORABLE.search(text):
        raise TextInvalid
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > MAX_LENGTH:
        raise TextTooLong
    if not any(map(_is_seen, text)):
        raise TextEmpty
    return text


def render(text: str, *, handles: Mapping[str, int], room_mention: bool = True) -> str:
    """Markdown as HTML that is safe to put on a page as it is.

    `handles` maps lower-case handles of people who can be named here to their ids; other @words stay words.
    """
    html = sanitise(markdown.render(text, handles=handles, room_mention=room_mention))
    # Some Markdown says nothing at all, such as a link without words: then its source is shown.
    return html if unescape(TAG.sub("", html)).strip() else sanitise(f"<p>{escape(text, quote=False)}</p>\n")


def find_handles(text: str) -> set[str]:
    """Lower-case handles that the text names outside code and links; nobody may have them."""
    return handles_in(markdown.parse(text)) - {ROOM}


def names_room(text: str) -> bool:
    """Whether it says @room outside code and links."""
    return ROOM in handles_in(markdown.parse(text))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN_CATEGORIES and character not in INVISIBLE
