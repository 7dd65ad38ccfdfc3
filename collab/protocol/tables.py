"""Tables and sections of the document, one for each kind of thing that is declared."""

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec
from msgspec import inspect

from collab.live.errors import Close, CodedError
from collab.protocol import meanings, refusals, types
from rooms.commands import BaseCommand


def tag(struct: type[msgspec.Struct]) -> str:
    """What stands in `type` on the wire; for a shape without one, what it is called."""
    return str(struct.__struct_config__.tag or types.title(struct))


def section(example: msgspec.Struct, *, common: type[msgspec.Struct] | None = None) -> str:
    """What one kind of frame is: its meaning, its own fields, an example."""
    struct = type(example)
    shared = {field.name for field in fields(common)} if common else set()
    own = [field for field in fields(struct) if field.name not in shared]
    parts = [f"### `{tag(struct)}`" if struct.__struct_config__.tag else f"### {tag(struct)}"]
    parts += [meanings.paragraph(struct), field_table(struct, own), as_json(example)]
    parts += [refusal_line(struct)] if issubclass(struct, BaseCommand) else []
    return "\n\n".join(part for part in parts if part)


def refusal_line(command: type[BaseCommand]) -> str:
    """The errors that this command has besides those that any may get."""
    codes = listed(refusals.codes(refusals.REFUSALS[command]))
    return f"Errors of its own: {codes or 'none'}."


def listed(words: Iterable[str]) -> str:
    """Words as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)


def fields(struct: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    """The fields of a struct, inherited ones first."""
    return cast(inspect.StructType, inspect.type_info(struct)).fields


def meaning(struct: type[msgspec.Struct], field: inspect.Field) -> str:
    """What a field says: its own comment, or else what its type says of itself."""
    return meanings.comment(struct, field.name) or types.described(field.type)


def field_table(struct: type[msgspec.Struct], shown: Iterable[inspect.Field]) -> str:
    """Fields with types, defaults and meanings; empty where there are none."""
    rows = [(f"`{f.encode_name}`", types.in_words(f.type) + default(f), meaning(struct, f)) for f in shown]
    return table(("field", "type", "meaning"), rows) if rows else ""


def default(field: inspect.Field) -> str:
    """What a field has where it is left out."""
    if field.required:
        return ""
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return f"; default `{msgspec.json.encode(value).decode()}`"


def as_json(example: msgspec.Struct) -> str:
    """An example as it travels, one field a line; it has been read back as what it is."""
    encoded = msgspec.json.encode(example)
    if msgspec.json.decode(encoded, type=type(example)) != example:
        raise ValueError(f"the example of {tag(type(example))} does not survive its own encoding")
    return f"```json\n{msgspec.json.format(encoded, indent=2).decode()}\n```"


def error_table(modules: Iterable[str]) -> str:
    """Every coded error that the modules declare."""
    rows = [
        (
            f"`{error.code}`",
            f"{meanings.paragraph(error)} *“{error.message}”*",
            str(error.status),
            f"{error.retry_after:g} s" if error.retry_after else "—",
        )
        for error in errors(modules)
    ]
    return table(("code", "meaning, and what the person is told", "HTTP", "try again"), rows)


def errors(modules: Iterable[str]) -> list[type[CodedError]]:
    """Every coded error that the modules declare, in the order they do."""
    return [error for module in modules for error in subclasses(CodedError) if error.__module__ == module]


def subclasses(cls: type[CodedError]) -> Iterator[type[CodedError]]:
    """All below a class, however deep."""
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def close_table() -> str:
    """Every close code, with whether to come back."""
    rows = [
        (str(close.value), close.name.lower(), "yes" if close.come_back else "no", meanings.comment(Close, close.name))
        for close in Close
    ]
    return table(("code", "name", "come back", "meaning, and what to say to the person"), rows)


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a bar in a cell would end it, so it is escaped."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
