"""The site, with pages that break in ways which would tell what nobody may read in a log."""

import os
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

# Before what needs the applications that it loads.
from collab.asgi import application  # isort: skip
from collab import urls

__all__ = ["application"]

MARKER = os.environ["MARKER"]


def crash(request: HttpRequest) -> HttpResponse:
    """A variable holds a secret, and what is raised says what was typed."""
    secret = f"{MARKER}-in-a-variable"
    try:
        int(secret)
    except ValueError as error:
        raise KeyError(secret) from error
    return HttpResponse()


def collide(request: HttpRequest) -> HttpResponse:
    """PostgreSQL refuses a row, and quotes it."""
    from accounts.models import User

    for handle in ("one", "two"):
        User.objects.create(email=f"{MARKER}-twice@example.org", name=MARKER, handle=f"collides-{handle}")
    return HttpResponse()


def misspeak(request: HttpRequest) -> HttpResponse:
    """PostgreSQL quotes the statement with what stands in it; libraries log what they were given and what broke."""
    import asyncio
    import logging

    from django.db import DatabaseError, connection

    logging.getLogger("a.library").warning("No such thing: %s, %r", MARKER, {"password": MARKER})
    logging.getLogger("a.library").error("It broke: %s", ValueError(MARKER), exc_info=ValueError(MARKER))

    async def lost() -> None:
        task: Any = asyncio.ensure_future(_fail())
        await asyncio.wait([task])

    asyncio.run(lost())
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [MARKER])
    except DatabaseError as error:
        logging.getLogger("a.library").error("Refused: %s", error, exc_info=error)  # noqa: TRY400
    return HttpResponse()


async def _fail() -> None:
    raise ValueError(MARKER)


urls.urlpatterns += [path("crash/", crash), path("collide/", collide), path("misspeak/", misspeak)]
