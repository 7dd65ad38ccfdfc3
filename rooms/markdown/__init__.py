"""Markdown as people write it in a chat: CommonMark with tables, strike-through, bare links, line breaks."""

from collections.abc import Mapping
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import code, links, mentions, outline

__all__ = ["parse", "render"]


#: Cells that a table may have, empty ones among them. 16,000 characters can ask for 65,000 cells, which cost 1.5 s and
#: make 680 KB of HTML; a message that asks for more than this is shown without tables.
MOST_CELLS = 4_000


def _parser(*, tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["strikethrough", "linkify", *(["table"] if tables else [])])
    # A line of dashes under a sentence is no heading in a chat, and nobody writes footnote links.
    parser.disable(["lheading", "reference"])
    for part in (code, links, mentions, outline):
        part.extend(parser)
    return parser


PARSER = _parser(tables=True)
WITHOUT_TABLES = _parser(tables=False)


@lru_cache(maxsize=32)
def parse(text: str) -> list[Token]:
    """Its tokens, not to be changed: finding whom a message names and rendering it parse it once."""
    lines = text.split("\n")
    cells = (max(line.count("|") for line in lines) + 1) * len(lines)
    return (WITHOUT_TABLES if cells > MOST_CELLS else PARSER).parse(text)


def render(text: str, *, handles: Mapping[str, int], room_mention: bool) -> str:
    """Its HTML, not yet sanitised."""
    env = {"handles": handles, "room_mention": room_mention}
    html: str = PARSER.renderer.render(parse(text), PARSER.options, env)
    return html
