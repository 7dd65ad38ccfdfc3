"""Long arrays for PostgreSQL's statements."""

from collections.abc import Iterable


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as the text of an array, for a parameter that is cast: `%s::bigint[]`.

    psycopg would go through thousands one by one, and take longer to write them down than PostgreSQL for all the rest.
    """
    return f"{{{','.join(map(str, numbers))}}}"
