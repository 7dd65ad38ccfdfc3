"""What a balancer is told."""

import json
from typing import Any

import pytest
from channels.testing import HttpCommunicator

from collab.live import drain

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(path: str) -> tuple[int, dict[str, Any]]:
    from collab.asgi import application

    answer = await HttpCommunicator(application, "GET", path, headers=[(b"host", b"10.0.0.7")]).get_response()
    return answer["status"], json.loads(answer["body"])


def said(*, ok: bool, staying: bool = True, database: bool = True, writer: bool = True) -> dict[str, bool]:
    """What a process says that has no sockets yet, and so no line to the layer."""
    return {"ok": ok, "staying": staying, "database": database, "writer": writer, "layer": False}


async def test_a_process_that_is_well_says_so_whatever_host_was_asked_for() -> None:
    assert await ask("/health/live") == (200, {"ok": True})
    assert await ask("/health/ready") == (
        200,
        said(ok=True),
    )


async def test_a_process_that_leaves_is_live_and_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "_leaving", True)
    assert (await ask("/health/live"))[0] == 200
    assert await ask("/health/ready") == (
        503,
        said(ok=False, staying=False),
    )


async def test_without_a_database_it_is_live_and_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from collab import health

    def no_database() -> None:
        raise OperationalError

    monkeypatch.setattr(health, "_ask", no_database)
    assert (await ask("/health/live"))[0] == 200
    assert await ask("/health/ready") == (
        503,
        said(ok=False, database=False),
    )


async def test_there_is_nothing_else_there() -> None:
    assert (await ask("/health/"))[0] == 404
