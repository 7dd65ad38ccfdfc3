"""Links: bare addresses become links, pictures from elsewhere do too."""

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.linkify import linkify
from markdown_it.token import Token


class Links(LinkifyIt):
    """Bare addresses with a scheme or an @: without one, `access.py` and `rooms.rs` would be in Paraguay and Serbia."""

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": True})

    def pretest(self, text: str) -> bool:
        """Whether it may have one. Most that is said has no such mark; the original's own look takes 10 µs and more."""
        return any(mark in text for mark in (":", "@", "//")) and super().pretest(text)


# Longer than any scheme that is a link here.
SCHEME_ROOM = 32


def extend(parser: MarkdownIt) -> None:
    """Teach a parser what is a link here."""
    parser.linkify = Links()
    parser.core.ruler.after("inline", "pictures", _pictures)
    parser.inline.ruler.at("linkify", _linkify)


def _linkify(state: StateInline, silent: bool) -> bool:
    """The rule as it comes, kept from looking for a scheme in all of the text so far at every colon.

    16,000 characters of `://` took 1.2 s, and take 0.03 s.
    """
    if state.src[state.pos] != ":":
        return False
    if not silent and len(state.pending) > SCHEME_ROOM:
        tail, state.pending = state.pending[-SCHEME_ROOM:], state.pending[:-SCHEME_ROOM]
        state.pushPending()
        state.pending = tail
    return linkify(state, silent)


def _pictures(state: StateCore) -> None:
    """A picture would tell its server who reads it, and when; a link to it does not."""
    for inline in state.tokens:
        if inline.children and any(token.type == "image" for token in inline.children):
            inline.children = [made for token in _with_depth(inline.children) for made in token]


def _with_depth(tokens: list[Token]) -> list[list[Token]]:
    depth, made = 0, []
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        made.append(_linked(token, nested=depth > 0) if token.type == "image" else [token])
    return made


def _linked(image: Token, *, nested: bool) -> list[Token]:
    address = str(image.attrGet("src") or "")
    words = Token("text", "", 0, content=image.content or address, level=image.level)
    if nested:
        return [words]
    start = Token("link_open", "a", 1, attrs={"href": address}, level=image.level)
    return [start, words, Token("link_close", "a", -1, level=image.level)]
