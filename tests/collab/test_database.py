"""How the site uses its database, whatever stands in between."""

from django.db import connection

from accounts.models import User


def test_nothing_that_is_read_in_pieces_holds_a_cursor_of_one_connection(ada: User) -> None:
    people = User.objects.iterator(chunk_size=1)
    assert next(people) == ada

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_cursors WHERE name LIKE '%django%'")
        assert cursor.fetchall() == []
