"""Of two canaries, what the one that was relieved had under way and measured meanwhile counts no more."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from collab.status import journal, lease, people, rules, store
from collab.status.beats import Beats
from collab.status.keeper import Keeper
from collab.status.models import Canary, Minute
from collab.status.store import Key
from collab.status.tally import Tally

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_settled")]


@pytest.fixture
def _settled(transactional_db: None) -> None:
    people.settled()


@pytest.fixture
def beats() -> Beats:
    return Beats()


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def deliver(beats: Beats, minute: datetime) -> None:
    beat = uuid4()
    beats.begin(beat, minute, 100.0)
    beats.accept(beat, 100.0)
    beats.receive(beat, 100.0)


@sync_to_async
def take_over(since: datetime) -> None:
    Canary.objects.update(holder="two", held_since=since, held_until=datetime.now(UTC) + timedelta(minutes=1))


@sync_to_async
def saved(holder: str) -> dict[datetime, int]:
    return dict(Minute.objects.filter(holder=holder).order_by("minute").values_list("minute", "beats"))


async def test_one_that_is_relieved_and_comes_back_adds_nothing_of_the_time_between(beats: Beats) -> None:
    keeper = Keeper("one", beats)
    await keeper.report(ago(9))
    held = [keeper.is_holder]
    # It could not save for a while, and so another has taken over.
    for minute in (ago(9), ago(3), ago(2), ago(0)):
        deliver(beats, minute)
    beats.begin(uuid4(), ago(3), 100.0)
    await take_over(ago(2) + timedelta(seconds=30))
    await keeper.report(ago(0))
    held.append(keeper.is_holder)
    assert await saved("one") == {ago(9): 1, ago(3): 1}
    assert {key.minute for key in journal.read()} == {ago(9), ago(3)}

    await sync_to_async(lease.let_go)("two")
    await keeper.report(ago(0))
    assert [*held, keeper.is_holder] == [True, False, True]
    beats.judge(1_000.0, None)
    deliver(beats, ago(0))
    await keeper.report(ago(-1))
    assert await saved("one") == {ago(9): 1, ago(3): 1, ago(0): 1}
    assert beats.tallies == {}


async def test_what_one_that_died_left_over_of_the_time_of_another_is_not_saved(beats: Beats) -> None:
    journal.write({Key(ago(each), "dead"): Tally(beats=1) for each in (3, 2, 1)})
    await take_over(ago(2))
    await Keeper("one", beats).report(ago(0))
    assert await saved("dead") == {ago(3): 1}
    # Not by the next one either, which may hold the canary.
    await sync_to_async(lease.let_go)("two")
    await Keeper("next", beats).report(ago(0))
    assert await saved("dead") == {ago(3): 1}


async def test_what_changes_while_it_is_saved_is_saved_the_next_time(
    beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, late, save = Keeper("one", beats), uuid4(), store.save
    deliver(beats, ago(1))
    beats.begin(late, ago(1), 100.0)

    def save_and_fail(tallies: dict[Key, Tally]) -> None:
        save(tallies)
        beats.judge(100.1 + rules.IN_TIME, None)

    monkeypatch.setattr(store, "save", save_and_fail)
    await keeper.report(ago(0))
    await keeper.report(ago(0))
    assert await saved("one") == {ago(1): 2}
