import asyncio
from collections.abc import AsyncIterator

import pytest

from bench.connection import Connection
from bench.errors import CannotMeasure
from bench.faults.part import until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Handle = tuple[Connection, list[str], list[bytes]]


@pytest.fixture
async def served() -> AsyncIterator[Handle]:
    """A connection to a server, what it was asked for, and its next answers; after the last one it hangs up."""
    asked: list[str] = []
    answers: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append("opened")
        while answers:
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(answers.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    connection = Connection("127.0.0.1", server.sockets[0].getsockname()[1], {"Host": "here", "Cookie": "a=b"})
    yield connection, asked, answers
    connection.close()
    server.close()


async def test_one_connection_serves_many_requests(served: Handle) -> None:
    connection, asked, answers = served
    answers += [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none", b"HTTP/1.1 404 No\r\ncontent-length:0\r\n\r\n"]

    assert await connection.get("/one") == (200, b"one")
    assert await connection.get("/two") == (404, b"")
    assert asked == [
        "opened",
        "GET /one HTTP/1.1\r\nHost: here\r\nCookie: a=b\r\n\r\n",
        "GET /two HTTP/1.1\r\nHost: here\r\nCookie: a=b\r\n\r\n",
    ]


async def test_a_closed_connection_is_told_and_opened_again(served: Handle) -> None:
    connection, asked, answers = served
    answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")
    with pytest.raises(CannotMeasure, match="no answer"):
        await connection.get("/one")

    answers.append(OK)
    assert await connection.get("/two") == (200, b"ok")
    assert asked.count("opened") == 2


async def test_a_connection_that_the_server_let_go_is_opened_again(served: Handle) -> None:
    connection, asked, answers = served
    answers.append(OK)
    await connection.get("/one")
    assert connection._streams is not None
    reader = connection._streams[0]
    await until(reader.at_eof, "the server does not hang up")

    answers.append(OK)
    assert await connection.get("/two") == (200, b"ok")
    assert asked.count("opened") == 2


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(
    served: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, _, answers = served
    monkeypatch.setattr("bench.connection.PATIENCE", 0.05)
    answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    answers.append(b"no")
    with pytest.raises(CannotMeasure, match="no answer"):
        await connection.get("/one")

    answers[:] = [OK]
    assert await connection.get("/two") == (200, b"ok")
