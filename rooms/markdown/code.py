"""Code in colours: Pygments, by CSS classes only."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from time import thread_time
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import format as pygments_format
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

from rooms.markdown.rules import Env, of_token

T = TypeVar("T")

#: Every class Pygments may put on a `<span>`.
CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)

# Only languages that teams paste: each of Pygments' 500 lexers is a set of regular expressions that
# anyone could feed, and not all of them stay quick on input made to be slow.
LANGUAGES = frozenset(
    """
    bash c clojure console cpp csharp css dart diff docker dockerfile elixir elm erlang go graphql groovy haskell
    html http ini java javascript js json jsx julia kotlin lua make makefile nginx nix objective-c ocaml perl php
    powershell protobuf py pycon python r rb rs ruby rust scala sh shell sql swift terraform toml ts tsx typescript
    vim xml yaml yml zig
    """.split()
)
# What colouring may cost: with these, the slowest input found for any of the languages takes under 0.4 s.
LONGEST_BLOCK = 6_000
LONGEST_LINE = 400
SECONDS_A_MESSAGE = 0.15  # Of this thread: other work on the machine takes no colour away.

FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def extend(parser: MarkdownIt) -> None:
    """Teach a parser to colour fenced code."""
    parser.add_render_rule("fence", of_token(_render))


def _render(token: Token, env: Env) -> str:
    source, language = token.content, token.info.partition(" ")[0].lower()
    # Before the clock starts: the first block of a language has its lexer made.
    lexer = _lexer(language)
    deadline = env.setdefault("colour_until", thread_time() + SECONDS_A_MESSAGE)
    return f"<pre><code>{_coloured(source, lexer, deadline) or escape(source)}</code></pre>\n"


def _coloured(source: str, lexer: Lexer | None, deadline: float) -> str | None:
    """The code with classes; None where it has to stay plain."""
    if lexer is None or len(source) > LONGEST_BLOCK or any(len(line) > LONGEST_LINE for line in source.split("\n")):
        return None
    try:
        return pygments_format(_until(deadline, lexer.get_tokens(source)), FORMATTER)
    except TimeoutError:
        return None


def _until(deadline: float, tokens: Iterable[T]) -> Iterator[T]:
    for token in tokens:
        if thread_time() > deadline:
            raise TimeoutError
        yield token


@lru_cache
def _lexer(language: str) -> Lexer | None:
    return get_lexer_by_name(language, stripnl=False) if language in LANGUAGES else None
