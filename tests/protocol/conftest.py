"""A node, and programs that talk to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.protocol.node import Node
    from tests.protocol.program import Program

    Enter = Callable[..., Awaitable[Program]]


def database_url() -> str:
    """The address of the database that the tests of this process use."""
    from django.db import connection

    at: dict[str, Any] = connection.settings_dict
    who, host = quote(at["USER"], safe=""), quote(at["HOST"], safe="")
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{who}{password}@{host}{port}/{at['NAME']}"


@pytest.fixture(scope="package")
def static_files(django_db_setup: None) -> None:
    """What the pages of a node name."""
    from tests.protocol.node import collect_static

    collect_static(database_url())


@pytest.fixture(scope="package")
def node(static_files: None, request: pytest.FixtureRequest) -> "Iterator[Node]":
    """Daphne over this run's database; it answers. A file may ask for the tuned one by a parameter."""
    from tests.protocol.node import Node

    node = Node(database_url(), is_tuned=getattr(request, "param", "plain") == "tuned")
    try:
        node.start()
        yield node
    finally:
        node.stop()


@pytest.fixture
async def enter(transactional_db: None, node: "Node") -> "AsyncIterator[Enter]":
    """Starts a person's program, at another node where one is given; it is caught up."""
    from asgiref.sync import sync_to_async
    from django.db import connections

    from tests.live.sockets import sign_in
    from tests.protocol.program import PATIENCE, Program

    programs: list[Program] = []

    async def enter(
        user: "User",
        positions: dict[int, int] | None = None,
        session: str | None = None,
        at: "Node | None" = None,
    ) -> "Program":
        program = Program((at or node).site, session or await sync_to_async(sign_in)(user), positions)
        programs.append(program)
        async with asyncio.timeout(PATIENCE):
            await program.client.start()
        return program

    yield enter
    for program in programs:
        await program.client.stop()
        assert program.client.faults == []
    await sync_to_async(connections.close_all)()
