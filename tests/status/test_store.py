from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collab.status import journal, lease, people, rules, store
from collab.status.latest import completed
from collab.status.models import Canary, Hour, Minute
from collab.status.store import Key, Record
from collab.status.tally import Tally

NOW = datetime(2026, 11, 29, 14, 7, 20, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def ago(minutes: int) -> datetime:
    return NOW.replace(second=0) - timedelta(minutes=minutes)


def tally(beats: int = 12, failed: int = 0, took: float = 8.0) -> Tally:
    made = Tally(beats=beats, accepted=beats - failed, unavailable=failed)
    for _ in range(beats - failed):
        made.time(took)
    return made


def test_what_is_saved_twice_is_there_once_as_it_was_said_last() -> None:
    store.save({Key(ago(1), "one"): tally(3)})
    store.save({Key(ago(1), "one"): tally(12, failed=2)})
    assert store.read(NOW).minutes == {ago(1): tally(12, failed=2)}
    store.save({})


def test_a_minute_in_which_two_took_turns_is_the_sum_of_both() -> None:
    store.save({Key(ago(1), "one"): tally(3), Key(ago(1), "two"): tally(9)})
    assert store.read(NOW).minutes == {ago(1): tally(12)}


def test_hours_are_the_sums_of_their_minutes_however_often_they_are_summed_up() -> None:
    store.save({Key(ago(each), "one"): tally(failed=each % 2) for each in range(1, 180)})
    before = store.read(NOW)
    assert store.sum_up(NOW) == store.sum_up(NOW) == 4
    assert store.read(NOW).hours == before.hours
    store.save({Key(ago(150), "late"): tally(failed=12)})
    store.sum_up(NOW)
    assert sum(each.unavailable for each, _ in store.read(NOW).hours.values()) == 90 + 12
    assert Hour.objects.get(hour=ago(67)).minutes == 60


def test_what_was_not_summed_up_counts_all_the_same() -> None:
    store.save({Key(ago(each * 60), "one"): tally() for each in range(24 * 5)})
    assert sum(each.beats for each, _ in store.read(NOW).hours.values()) == 12 * 24 * 5


def test_hours_before_celery_was_away_for_long_are_summed_up_once_it_is_back() -> None:
    store.save({Key(ago(each * 60), "one"): tally() for each in range(24 * 10, 24 * 12)})
    store.sum_up(NOW - timedelta(days=10))
    store.save({Key(ago(each * 60), "one"): tally() for each in range(24 * 10)})
    before = store.read(NOW)
    store.sum_up(NOW)
    assert store.read(NOW).hours == before.hours
    assert Hour.objects.count() == 24 * 12


def test_the_first_time_all_that_is_shown_is_summed_up() -> None:
    store.save({Key(ago(each * 1440), "one"): tally() for each in range(34)})
    assert store.sum_up(NOW) == rules.DAYS
    assert sum(each.beats for each, _ in store.read(NOW).hours.values()) == 12 * rules.DAYS


def test_trouble_of_all_days_is_found_and_good_minutes_are_read_of_one_day_alone() -> None:
    rows = {1: tally(), 20_000: tally(failed=1), 20_001: tally(took=1_500), 20_002: tally(), 60_000: tally(failed=1)}
    store.save({Key(ago(each), "one"): made for each, made in rows.items()})
    Hour.objects.create(hour=ago(7), minutes=1, **{name: getattr(tally(), name) for name in store.FIELDS})
    found = store.read(NOW)
    assert set(found.troubled) == {ago(20_000), ago(20_001)}
    assert set(found.minutes) == {ago(1)}
    assert found.since == ago(60_000)


def test_reading_takes_four_queries_however_much_there_is() -> None:
    store.save({Key(ago(each), "one"): tally(failed=1) for each in range(1_500)})
    with CaptureQueriesContext(connection) as asked:
        store.read(NOW)
    assert len(asked) == 4


def test_what_is_older_than_five_weeks_goes_and_the_rest_stays() -> None:
    days = [0, 34, 36, 400]
    store.save({Key(ago(day * 1440), "one"): tally() for day in days})
    for day in days:
        fields = {name: getattr(tally(), name) for name in store.FIELDS}
        Hour.objects.create(hour=ago(day * 1440), minutes=1, **fields)
    assert store.clear(NOW) == 4
    kept = [ago(34 * 1440), ago(0)]
    assert list(Minute.objects.order_by("minute").values_list("minute", flat=True)) == kept
    assert list(Hour.objects.order_by("hour").values_list("hour", flat=True)) == kept
    assert timedelta(days=rules.DAYS) < rules.KEPT


def test_one_holds_the_canary_and_another_takes_over_when_it_says_nothing_more() -> None:
    people.settled()
    assert lease.hold("one").holder == "one"
    since = lease.hold("one").since
    assert lease.hold("two").holder == "one"
    assert lease.hold("one") == ("one", since)
    Canary.objects.update(held_until=datetime.now(UTC) - timedelta(seconds=1))
    assert lease.hold("two").holder == "two"
    assert lease.hold("one").holder == "two"
    lease.let_go("one")
    assert lease.hold("one").holder == "two"
    lease.let_go("two")
    assert lease.hold("one").holder == "one"


def test_what_is_kept_in_the_file_comes_back_as_it_was() -> None:
    kept = {Key(ago(1), "one"): tally(failed=3), Key(ago(0), "two"): tally(1)}
    journal.write(kept)
    assert journal.read() == kept


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"minute": "never", "holder": "x"}]', '[{"beats": 1}]', "\0"])
def test_a_file_that_is_broken_is_no_file(text: str) -> None:
    journal.write({})
    journal._path().write_text(text)
    assert journal.read() == {}
    journal.write({})


def test_what_is_not_in_the_database_yet_is_shown_all_the_same() -> None:
    known = Record({ago(3): tally()}, {}, {ago(7): (tally(), 1)}, ago(3))
    kept = {Key(ago(3), "x"): tally(2), Key(ago(2), "x"): tally(failed=12), Key(ago(2_000), "x"): tally()}
    found = completed(known, kept, NOW - timedelta(days=1))
    assert found.minutes == {ago(3): tally(), ago(2): tally(failed=12)}
    assert set(found.troubled) == {ago(2)}
    assert found.hours[ago(7)] == (tally() + tally(failed=12), 2)
