"""Which life of the data this is: where it is another than a client knows, what the client holds is of no data here."""

from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection

from rooms.models import Epoch

#: By connection to the database. Whatever begins another life cuts them all, so what was read on one stays true for it.
_known: WeakKeyDictionary[object, UUID] = WeakKeyDictionary()

#: For whoever restores, within the transaction; and once it is committed, so that each process reads of it.
BEGIN_ANOTHER = "UPDATE rooms_epoch SET name = gen_random_uuid(), began_at = now()"
CUT_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


def current() -> UUID:
    """The epoch of the data that this thread's connection leads to; read once for each connection."""
    connection.ensure_connection()
    line: object = connection.connection
    found = _known.get(line)
    if found is None:
        found = _known[line] = read()
    return found


def read() -> UUID:
    """The epoch as it stands in the database now."""
    return Epoch.objects.get().name


def forget() -> None:
    """What was read may be old: behind a pool of connections in between nobody's own are cut."""
    _known.clear()


def begin_another() -> UUID:
    """Name a new life of the data, and cut everyone's connection."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_ANOTHER)
        cursor.execute(CUT_OTHERS)
    forget()
    return current()
