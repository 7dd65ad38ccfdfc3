"""JSON types in words."""

from msgspec import inspect

WORDS: dict[type[inspect.Type], str] = {
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.StrType: "string",
    inspect.UUIDType: "string: a UUID",
    inspect.DateTimeType: "string: a time, RFC 3339",
    inspect.NoneType: "null",
}


def in_words(kind: inspect.Type) -> str:
    """A type as a client's author thinks of it, such as "array of integer", with links to shapes."""
    match kind:
        case inspect.Metadata(type=inner):
            return in_words(inner)
        case inspect.UnionType(types=members):
            # Null is said last: it is the exception.
            return " or ".join(map(in_words, sorted(members, key=lambda member: isinstance(member, inspect.NoneType))))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"array of {in_words(item)}"
        case inspect.DictType(key_type=key, value_type=value):
            return f"object: {in_words(key)} (as a string) → {in_words(value)}"
        case inspect.StructType(cls=struct):
            return f"[{title(struct)}](#{title(struct).lower()})"
    return WORDS[type(kind)]


def title(struct: type) -> str:
    """What a shape is called in the document."""
    return struct.__name__.removesuffix("Shape")


def described(kind: inspect.Type) -> str:
    """The meaning a type itself carries (`msgspec.Meta(description=…)`), or nothing."""
    schema = kind.extra_json_schema if isinstance(kind, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))
