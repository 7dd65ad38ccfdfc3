"""Taking turns over the whole site, by PostgreSQL's advisory locks."""

from django.db import connection


def take_turns(name: str) -> None:
    """Wait until no other transaction of the site has this name; have it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"collab.{name}"])
