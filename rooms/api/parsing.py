"""The JSON that the API takes."""

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from collab.live.errors import TextInvalid
from collab.live.reading import has_half_character

#: Levels of lists and objects in a body; no shape has more than two. What is deeper exhausts the stack of whoever
#: reads it, or of whoever says what is wrong with it.
DEEPEST = 8


class StrictParser(JSONParser):
    """JSON in UTF-8, whatever charset is said: some of those that Python knows are none, or unpack bombs."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """What was sent. Raises ParseError, or TextInvalid for half a character, which no answer could repeat."""
        try:
            text = stream.read().decode()
            value = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        _check_depth(value)
        if has_half_character(text):
            raise TextInvalid
        return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
    if level:
        raise ParseError


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
