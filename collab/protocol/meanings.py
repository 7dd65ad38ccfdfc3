"""What a field or a close code means, read from where it is declared."""

import ast
import inspect
import textwrap
from functools import cache


@cache
def comments(cls: type) -> dict[str, str]:
    """The `#:` comment above each name that the body of a class declares."""
    source = textwrap.dedent(inspect.getsource(cls))
    lines = source.splitlines()
    declarations = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {name: above(lines, line) for node in declarations for name, line in declared(node)}


def declared(declaration: ast.ClassDef) -> list[tuple[str, int]]:
    """Each name a class body declares, with its line, counted from 1."""
    return [
        (target.id, node.lineno)
        for node in declaration.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]


def above(lines: list[str], line: int) -> str:
    """The block of `#:` comments that ends just above a line, as one paragraph."""
    words: list[str] = []
    for text in reversed([text.strip() for text in lines[: line - 1]]):
        if not text.startswith("#:"):
            break
        words.insert(0, text.removeprefix("#:").strip())
    return " ".join(words)


def comment(cls: type, name: str) -> str:
    """The `#:` comment of a name in a class or in the class it comes from; empty where there is none."""
    own = (comments(base)[name] for base in cls.__mro__ if base.__module__ == cls.__module__ and name in comments(base))
    return next(own, "")


def paragraph(cls: type) -> str:
    """The docstring of a class, unwrapped."""
    text = inspect.cleandoc(cls.__doc__ or "")
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
