"""Only who knows SECRET_KEY is told how the site sees a request."""

import json
from typing import Any

import pytest
from channels.testing import HttpCommunicator
from django.conf import settings
from django.core.signing import TimestampSigner

from collab import seen

OTHER = "another-key-another-key-another-key-another"


async def ask(*words: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> tuple[int, dict[str, Any]]:
    from collab.asgi import application

    sent = [(b"host", b"localhost:8000"), *((seen.HEADER.lower().encode(), word.encode()) for word in words), *headers]
    answer = await HttpCommunicator(application, "GET", seen.PATH, headers=sent).get_response()
    return answer["status"], json.loads(answer["body"])


async def test_who_asks_with_the_key_is_told_and_can_tell_that_it_is_this_site() -> None:
    status, told = await ask(
        seen.question(settings.SECRET_KEY, "nonce"), headers=((b"x-forwarded-for", b"1.2.3.4, 5.6.7.8"),)
    )
    assert status == 200
    assert told["host"] == "localhost:8000"
    assert told["forwarded_for"] == ["1.2.3.4", "5.6.7.8"]


async def test_the_answer_is_signed_as_it_is_for_this_question() -> None:
    from collab.asgi import application

    word = (seen.HEADER.lower().encode(), seen.question(settings.SECRET_KEY, "nonce").encode())
    sent = [(b"host", b"localhost:8000"), word]
    answer = await HttpCommunicator(application, "GET", seen.PATH, headers=sent).get_response()
    [proof] = [value.decode() for name, value in answer["headers"] if name.decode() == seen.PROOF.lower()]
    body: bytes = answer["body"]
    assert proof == seen.proof(settings.SECRET_KEY, "nonce", body)
    assert proof != seen.proof(settings.SECRET_KEY, "nonce", body.replace(b"localhost", b"elsewhere"))
    assert proof != seen.proof(settings.SECRET_KEY, "other", body)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        ("nonce",),
        ("nonce:1:signature",),
        (seen.question(OTHER, "nonce"),),
        (seen.proof(OTHER, "nonce", b""),),
    ],
)
async def test_nobody_else_is_told_anything(words: tuple[str, ...]) -> None:
    assert await ask(*words) == (404, {"ok": False})


async def test_two_words_are_none() -> None:
    word = seen.question(settings.SECRET_KEY, "nonce")
    assert (await ask(word, word))[0] == 404


async def test_a_word_is_good_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    word = seen.question(settings.SECRET_KEY, "nonce")
    monkeypatch.setattr(seen, "GOOD_FOR", -1)
    assert (await ask(word))[0] == 404


async def test_what_is_signed_for_another_purpose_is_no_word() -> None:
    assert (await ask(TimestampSigner(salt="another").sign("nonce")))[0] == 404


def test_fingerprints_tell_whether_and_not_what() -> None:
    one = seen.fingerprints({"REDIS_URL": "redis://:secret@h", "LOG_LEVEL": "INFO"}, OTHER)
    assert one.keys() == {"REDIS_URL"}
    assert "secret" not in str(one)
    assert one == seen.fingerprints({"REDIS_URL": "redis://:secret@h", "LOG_LEVEL": "DEBUG"}, OTHER)
    assert one != seen.fingerprints({"REDIS_URL": "redis://:Secret@h"}, OTHER)
