"""Sessions in the database, looked up by nothing but keys that this site could have given."""

import re

from django.contrib.sessions.backends import db

#: Django's are 32 of these. PostgreSQL answers others, NUL above all, with an error instead of "not found".
KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """One session. The name is Django's, and part of what its data are signed with."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether it may be a key; any other is taken for none, whether it came with a page or with a handshake."""
        return bool(key and KEY.fullmatch(key))
