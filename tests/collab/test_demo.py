import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random

import emoji
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from accounts.models import User
from collab.demo import script
from collab.demo.cast import ARCHIVED, CAST, DIRECT, PLACES
from collab.demo.portraits import portrait
from collab.demo.script import Line
from collab.demo.spoken import mistyped
from collab.demo.story import SLOT, Said, Story, people_of
from collab.demo.timetable import Timetable
from collab.management.commands import demo
from rooms import ledger
from rooms.models import Event, Message, Pin, Reaction, Role, Room, RoomMembership, Workspace

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def run(*options: str) -> str:
    said = StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def story(count: int = 1500, seed: int = 1, now: datetime = FRIDAY_NOON) -> list[Said]:
    random = Random(seed)
    return Story(random, Timetable(now, random)).tell(count)


def lines() -> Iterator[Line]:
    for talk in script.talks():
        yield from talk.lines
    for exchange in script.exchanges():
        yield from exchange.lines


@pytest.mark.django_db
def test_the_demonstration_is_made_once_and_says_who_can_sign_in() -> None:
    said = run("--messages", "30")

    assert Message.objects.count() == 30
    assert User.objects.count() == len(CAST)
    assert "30 messages" in said
    password = re.search(r"Password: +(\S+)", said)
    assert password is not None
    mira = User.objects.get(email="mira@fernweh.example")
    assert mira.check_password(password[1])
    assert mira.is_staff
    assert mira.memberships.get().role == Role.OWNER

    again = run("--messages", "30")
    assert "is there already" in again
    assert password[1] in again
    assert (Workspace.objects.count(), Message.objects.count()) == (1, 30)


@pytest.mark.django_db
def test_the_demonstration_goes_through_the_log_in_order_of_time_with_all_that_rooms_know() -> None:
    run("--messages", "150")
    before = timezone.now()

    for room in Room.objects.all():
        entries = list(room.events.order_by("seq").values_list("seq", "at"))
        assert [seq for seq, _ in entries] == list(range(1, room.head + 1))
        assert [at for _, at in entries] == sorted(at for _, at in entries)
        assert all(at <= before for _, at in entries)
    kinds = set(Event.objects.values_list("type", flat=True))
    assert {"created", "joined", "posted", "edited", "deleted", "reacted", "pinned"} <= kinds
    assert Reaction.objects.exists()
    assert Pin.objects.exists()
    assert Message.objects.exclude(deleted_at=None).exists()
    assert Message.objects.exclude(edited_at=None).exists()
    assert {"public", "private", "direct"} == set(Room.objects.values_list("kind", flat=True))
    assert Room.objects.exclude(archived_at=None).get().name == ARCHIVED
    assert ledger.clock is timezone.now
    pictured = {character.handle for character in CAST if character.has_picture}
    assert {user.handle for user in User.objects.exclude(avatar="")} == pictured
    assert any(each.position < each.room.head for each in RoomMembership.objects.select_related("room"))


@pytest.mark.django_db
def test_an_interrupted_demonstration_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collab.demo.stage.Stage._read", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("--messages", "20")
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


@pytest.mark.parametrize("count", ["abc", "0", "-1", "1.5", "", "٣", "20001", "9" * 5000])
def test_a_bad_number_of_messages_gets_one_clear_line(count: str) -> None:
    with pytest.raises(CommandError, match="must be a whole number from 1 to 20,000") as refusal:
        run("--messages", count)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "words"),
    [(OperationalError("no route\nto it"), "cannot be reached: no route"), (ProgrammingError(), "migrate")],
)
def test_a_missing_database_gets_one_clear_line(monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(demo.Command, "_make", fail)
    with pytest.raises(CommandError, match=words) as refusal:
        run()
    assert "\n" not in str(refusal.value)


@pytest.mark.django_db
def test_a_database_at_which_nobody_listens_gets_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = settings.DATABASES["default"] | {"HOST": "127.0.0.1", "PORT": "1"}
    monkeypatch.setattr(settings, "DATABASES", {"default": nowhere})
    with pytest.raises(CommandError, match="DATABASE_URL does not answer") as refusal:
        run()
    assert "\n" not in str(refusal.value)


def test_everyone_in_the_scripts_is_in_the_room_they_speak_or_react_in() -> None:
    for talk in script.talks():
        for line in talk.lines:
            reacting = {person for reaction in line.reactions for person in reaction.people}
            assert {line.speaker, *reacting} <= people_of(talk.room), (talk.room, line.text)
    for exchange in script.exchanges():
        speakers = {person for people in exchange.speakers.values() for person in people}
        assert speakers <= people_of(exchange.room), (exchange.room, exchange.lines[0].text)


def test_every_reaction_in_the_scripts_is_an_emoji_and_every_blank_can_be_filled() -> None:
    slots = script.listed("slots", ",")
    for line in lines():
        assert all(emoji.is_emoji(reaction.emoji) for reaction in line.reactions), line
        if line.speaker in {"A", "B"}:
            assert {match[1] for match in SLOT.finditer(line.text)} <= set(slots)


def test_the_story_has_as_many_messages_as_one_asks_for_and_hardly_repeats_itself() -> None:
    assert [len(story(count)) for count in (1, 10, 300, 1500, 4000)] == [1, 10, 300, 1500, 4000]
    told = Counter(said.text for said in story() if not said.is_taken_back)
    assert max(told.values()) <= 6
    assert sum(1 for count in told.values() if count > 2) < 40
    assert not [text for text in told if "{city" in text or "lorem" in text.lower()]


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    assert story(seed=7) == story(seed=7)
    assert story(seed=7) != story(seed=8)


@pytest.mark.parametrize("days", range(7))
@pytest.mark.parametrize("hour", [0, 7, 23])
def test_the_story_ends_just_before_now_on_every_day_of_the_week(days: int, hour: int) -> None:
    now = datetime(2026, 11, 16, hour, 30, tzinfo=UTC) + timedelta(days=days)
    told = story(now=now)
    assert timedelta(0) < now - told[-1].at < timedelta(hours=1)
    assert timedelta(days=18) < now - told[0].at < timedelta(days=28)


def test_a_slip_of_the_pen_swaps_two_letters() -> None:
    slipped = mistyped("the map is printed", Random(3))
    assert slipped != "the map is printed"
    assert sorted(slipped) == sorted("the map is printed")
    assert mistyped("a b", Random(3)) == "a b"


def test_a_portrait_is_always_the_same_for_the_same_number() -> None:
    assert portrait(1).getvalue() == portrait(1).getvalue()
    assert portrait(1).getvalue() != portrait(2).getvalue()


def test_direct_conversations_are_among_people_of_the_cast() -> None:
    handles = {character.handle for character in CAST}
    for exchange in script.exchanges():
        if DIRECT in exchange.room:
            assert people_of(exchange.room) <= handles
    assert {handle for place in PLACES for handle in place.people} == handles


@pytest.mark.parametrize("line", ["no colon here", "... soon"])
def test_a_line_that_is_none_is_refused_with_its_words(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        list(script._lines([line]))
