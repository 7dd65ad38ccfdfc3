from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files import storage
from django.db import transaction
from django.test import Client
from PIL import Image

from accounts.actions.profile import change_picture, change_profile, clear_picture
from accounts.models import User
from accounts.signals import person_changed

pytestmark = pytest.mark.django_db

Committed = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def changed() -> Iterator[list[User]]:
    """The people of whom it was said that they changed."""
    people: list[User] = []

    def note(user: User, **_: object) -> None:
        people.append(user)

    person_changed.connect(note, weak=False, dispatch_uid="test")
    yield people
    person_changed.disconnect(dispatch_uid="test")


def errors(**fields: str) -> dict[str, list[str]]:
    user = User.objects.get(handle="ada")
    before = User.objects.filter(pk=user.pk).values().get()
    with pytest.raises(ValidationError) as caught:
        change_profile(user=user, **fields)
    assert User.objects.filter(pk=user.pk).values().get() == before
    return caught.value.message_dict


def test_what_is_left_out_stays(ada: User) -> None:
    change_profile(user=ada, status_emoji="🎧", status_text="  Deep in   the engine ")
    stored = User.objects.get(pk=ada.pk)
    assert (stored.name, stored.status_emoji, stored.status_text) == ("Ada", "🎧", "Deep in the engine")


def test_others_are_told_after_the_commit(ada: User, changed: list[User], committed: Committed) -> None:
    before = ada.changed_at
    with committed():
        change_profile(user=ada, name="Ada Lovelace")
        assert changed == []
    assert changed == [ada]
    assert ada.name == "Ada Lovelace"
    assert ada.changed_at > before


@pytest.mark.parametrize("fields", [{"time_zone": "Europe/London"}, {"name": "Ada"}, {}])
def test_nobody_is_told_of_what_nobody_sees(
    ada: User, changed: list[User], committed: Committed, fields: dict[str, str]
) -> None:
    before = ada.changed_at
    with committed():
        change_profile(user=ada, **fields)
    assert changed == []
    assert User.objects.get(pk=ada.pk).changed_at == before


def test_a_listener_that_fails_undoes_nothing(ada: User, changed: list[User], committed: Committed) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the engine is away")

    person_changed.connect(fail, weak=False, dispatch_uid="fail")
    try:
        with committed():
            change_profile(user=ada, name="Ada Lovelace")
    finally:
        person_changed.disconnect(dispatch_uid="fail")
    assert User.objects.get(pk=ada.pk).name == "Ada Lovelace"
    assert changed == [ada]


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_stored(ada: User) -> None:
    found = errors(name="", handle="room", time_zone="Mars/Olympus", status_emoji="x", status_text="a" * 101)
    assert set(found) == {"name", "handle", "time_zone", "status_emoji", "status_text"}


def test_a_taken_handle_comes_with_a_free_one(ada: User, grace: User) -> None:
    assert errors(handle="Grace") == {"handle": ["Someone has @grace already. @grace2 is free."]}


def test_a_handle_taken_a_moment_ago_is_refused_in_the_same_words(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.names.clean_handle", lambda handle, user: handle)
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        change_profile(user=ada, handle="grace")
    assert caught.value.message_dict == {"handle": ["Someone has @grace already. @grace2 is free."]}
    assert ada.handle == "ada"


def test_a_picture_is_stored_square_under_a_name_nobody_can_guess(ada: User, draw: Callable[..., BytesIO]) -> None:
    change_picture(user=ada, picture=draw(), size=1000)
    with storage.default_storage.open(ada.avatar.name or "") as file, Image.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (256, 256))
    first = ada.avatar.name or ""
    change_picture(user=ada, picture=draw(), size=1000)
    assert ada.avatar.name != first


def test_the_picture_before_goes_once_the_new_one_is_committed(
    ada: User, draw: Callable[..., BytesIO], changed: list[User], committed: Committed
) -> None:
    change_picture(user=ada, picture=draw(), size=1000)
    first = ada.avatar.name or ""
    with committed():
        change_picture(user=ada, picture=draw(), size=1000)
        assert storage.default_storage.exists(first)
    assert not storage.default_storage.exists(first)
    assert changed == [ada]
    second = ada.avatar.name or ""
    with committed():
        clear_picture(user=ada)
    assert not storage.default_storage.exists(second)
    assert not ada.avatar


def test_a_refused_picture_changes_nothing(ada: User, draw: Callable[..., BytesIO]) -> None:
    change_picture(user=ada, picture=draw(), size=1000)
    before = ada.avatar.name or ""
    with pytest.raises(ValidationError):
        change_picture(user=ada, picture=BytesIO(b"<svg/>"), size=6)
    assert User.objects.get(pk=ada.pk).avatar.name == before
    assert storage.default_storage.exists(before)


def test_a_picture_that_cannot_be_noted_leaves_no_file(
    ada: User, draw: Callable[..., BytesIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the database is away")

    before = set(storage.default_storage.listdir("avatars")[1]) if storage.default_storage.exists("avatars") else set()
    monkeypatch.setattr("accounts.actions.profile._swap_picture", fail)
    with pytest.raises(RuntimeError):
        change_picture(user=ada, picture=draw(), size=1000)
    assert set(storage.default_storage.listdir("avatars")[1]) == before


def test_the_profile_is_ones_own_and_takes_signing_in(client: Client) -> None:
    for address in ("", "status/", "picture/", "handle/"):
        response = client.post(f"/account/profile/{address}")
        assert response["Location"].startswith("/account/login/?next=")
