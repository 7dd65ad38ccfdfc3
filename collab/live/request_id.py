"""The name of a request, under which a person, a proxy and the log speak of the same one."""

import re
import uuid

from django.conf import settings

HEADER = "X-Request-ID"
#: What may stand in a log and on a page, whoever sent it.
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def given(said: str) -> str:
    """The proxy's name for it, where one stands in front and it is sane; else empty."""
    return said if settings.TRUSTED_PROXIES and SANE.fullmatch(said) else ""


def request_id(said: str) -> str:
    """The proxy's name for it, or a new one."""
    return given(said) or uuid.uuid4().hex
