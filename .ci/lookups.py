"""Refuses look-ups that go around rooms/access.py.

A view, a consumer or the API that asks `Room.objects` or `Workspace.objects` can hand out a room its person may not
see. Run by `make check`; prints every place with the remedy and fails if there is one.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

GUARDED = ("rooms/views", "rooms/api", "rooms/consumers.py", "rooms/consumers")
NAMES = {"Room", "Workspace"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
REMEDY = "use rooms/access.py: access_room(user, id), access_workspace(user, slug) or visible_rooms(membership)"


def modules() -> Iterator[Path]:
    """The modules that answer people."""
    for place in map(Path, GUARDED):
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []


def breaches(module: Path) -> Iterator[str]:
    """Each look-up in a module that goes around the guard, as a line to print."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case (
                ast.Attribute(value=ast.Name(id=name), attr=attr)
                | ast.Attribute(value=ast.Attribute(attr=name), attr=attr)
            ) if name in NAMES and attr in MANAGERS:
                yield f"{module}:{node.lineno}: {name}.{attr} is not for here: {REMEDY}"
            case ast.Call(func=ast.Name(id="get_object_or_404"), args=[ast.Name(id=name), *_]) if name in NAMES:
                yield f"{module}:{node.lineno}: get_object_or_404({name}, …) is not for here: {REMEDY}"


if __name__ == "__main__":
    found = [line for module in modules() for line in breaches(module)]
    # An empty string would count as a failure.
    sys.exit("\n".join(found) or None)
