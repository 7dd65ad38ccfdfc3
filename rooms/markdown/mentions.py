"""What stands for something in running text: @handle, @room and :emoji:."""

import re
from collections.abc import Iterable, Iterator
from html import escape

import emoji
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from accounts.models import HANDLE
from rooms.markdown.rules import Env, of_token

#: The word that names everyone in the room.
ROOM = "room"

# Not in the middle of a word or an e-mail address; a sentence's full stop is no part of the handle.
MENTION = re.compile(rf"(?<![\w@.+-])@({HANDLE})(?![^\W_])", re.IGNORECASE)


def extend(parser: MarkdownIt) -> None:
    """Teach a parser mentions and emoji names. After linkify, so that addresses stay whole."""
    parser.core.ruler.push("mentions", _split_texts)
    parser.add_render_rule("mention", of_token(_render))


def handles_in(tokens: Iterable[Token]) -> set[str]:
    """Lower-case handles, `room` among them, that a parsed text names."""
    inline = (token.children or () for token in tokens)
    return {child.meta["handle"] for children in inline for child in children if child.type == "mention"}


def _split_texts(state: StateCore) -> None:
    for inline in state.tokens:
        if inline.children:
            inline.children = list(_split_outside_links(inline.children))


def _split_outside_links(tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text":
            yield token
        elif depth:
            yield _text(token.content, token.level)
        else:
            yield from _split(token)


def _split(token: Token) -> Iterator[Token]:
    end = 0
    for found in MENTION.finditer(token.content):
        yield _text(token.content[end : found.start()], token.level)
        yield Token("mention", "", 0, content=found[0], level=token.level, meta={"handle": found[1].lower()})
        end = found.end()
    yield _text(token.content[end:], token.level)


def _text(content: str, level: int) -> Token:
    named = emoji.emojize(content, language="alias") if ":" in content else content
    return Token("text", "", 0, content=named, level=level)


def _render(token: Token, env: Env) -> str:
    words, handle = escape(token.content), token.meta["handle"]
    if handle == ROOM:
        return f'<span class="mention mention--room">{words}</span>' if env["room_mention"] else words
    person = env["handles"].get(handle)
    return f'<span class="mention" data-person="{person}">{words}</span>' if person else words
