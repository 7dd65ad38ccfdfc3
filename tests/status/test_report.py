from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.status import drawing, rules
from collab.status.answers import as_json
from collab.status.incidents import incidents
from collab.status.report import Report, report
from collab.status.store import Record
from collab.status.tally import State, Tally

NOW = datetime(2026, 11, 29, 14, 7, 20, tzinfo=UTC)
NOTHING = Record({}, {}, {}, None)


def ago(minutes: int) -> datetime:
    return NOW.replace(second=0) - timedelta(minutes=minutes)


def good(took: float = 8.0, beats: int = 12) -> Tally:
    tally = Tally(beats=beats, accepted=beats)
    for _ in range(beats):
        tally.time(took)
    return tally


DOWN = Tally(beats=12, unavailable=12)


def of(minutes: dict[int, Tally], **more: object) -> Report:
    """The report where these minutes ago this was measured, and nothing else."""
    by_minute = {ago(each): tally for each, tally in minutes.items()}
    troubled = {minute: tally for minute, tally in by_minute.items() if tally.state > State.WORKS}
    hours: dict[datetime, tuple[Tally, int]] = {}
    for minute, tally in by_minute.items():
        sums, count = hours.get(minute.replace(minute=0), (Tally(), 0))
        hours[minute.replace(minute=0)] = (sums + tally, count + 1)
    first = min(by_minute, default=None)
    return report(Record(by_minute, troubled, hours, first), NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "state", "since"),
    [
        ({}, State.UNMEASURED, None),
        ({1: good()}, State.WORKS, None),
        ({3: good()}, State.WORKS, None),
        ({4: good()}, State.UNMEASURED, None),
        ({4: DOWN}, State.UNMEASURED, None),
        ({1: good(1_500)}, State.SLOW, 1),
        ({1: Tally(beats=12, unavailable=1)}, State.UNSTEADY, 1),
        ({4: good(), 3: DOWN, 2: DOWN, 1: DOWN}, State.DOWN, 3),
        # Three of the minute that runs are enough, fewer say nothing yet.
        ({1: good(), 0: Tally(beats=3, unavailable=3)}, State.DOWN, 0),
        ({1: good(), 0: Tally(beats=2, unavailable=2)}, State.WORKS, None),
        ({2: DOWN, 1: DOWN, 0: good(beats=3)}, State.WORKS, None),
    ],
)
def test_how_it_is_now(minutes: dict[int, Tally], state: State, since: int | None) -> None:
    said = of(minutes)
    assert said.state == state
    assert said.since == (None if since is None else ago(since))
    assert said.is_fresh


def test_where_the_database_is_away_messages_cannot_be_sent_whatever_was_measured_before() -> None:
    said = of({2: good()}, is_fresh=False, away_since=ago(1))
    assert (said.state, said.since, said.headline) == (State.DOWN, ago(1), "Messages cannot be sent right now")
    measured = of({3: DOWN, 2: DOWN, 1: DOWN}, is_fresh=False, away_since=ago(1))
    assert measured.since == ago(3)


def test_incidents_are_what_lies_close_together() -> None:
    found = incidents({ago(90): DOWN, ago(88): Tally(beats=12, unavailable=1), ago(30): good(2_000)}, ago(0))
    assert [(each.start, each.end, each.worst, each.is_over) for each in found] == [
        (ago(30), ago(29), State.SLOW, True),
        (ago(90), ago(87), State.DOWN, True),
    ]
    assert found[1].what == "messages could not be sent: 13 of 24 failed or came late"
    assert found[0].what == "messages took longer than usual, up to 2 s"


def test_what_was_lost_is_told_by_number() -> None:
    (found,) = incidents({ago(9): Tally(beats=12, accepted=12, delivered=11, unavailable=1, lost=1)}, ago(0))
    assert found.what == "1 message of 12 failed or came late; 1 message lost"


def test_an_incident_that_reaches_to_now_is_not_over() -> None:
    (found,) = incidents({ago(2): DOWN, ago(1): DOWN}, ago(0))
    assert not found.is_over


@given(st.sets(st.integers(0, 400)), st.integers(1, 12))
def test_every_troubled_minute_is_in_one_incident_and_none_is_counted_twice(bad: set[int], failed: int) -> None:
    minutes = {ago(each): Tally(beats=12, unavailable=failed) for each in bad}
    found = incidents(minutes, ago(0))
    assert sum(each.tally.unavailable for each in found) == failed * len(bad)
    for minute in minutes:
        assert sum(each.start <= minute < each.end for each in found) == 1
    for later, earlier in pairwise(found):
        assert later.start - earlier.end >= rules.CLOSE_TOGETHER


def test_time_that_nobody_measured_is_shown_and_counts_neither_way() -> None:
    said = of({each: good() for each in range(1, 1440) if each > 720})
    assert said.day.tally.availability == 1
    assert said.day.measured == pytest.approx(0.5, abs=0.01)
    assert [slot.state for slot in said.slots[-70:]] == [State.UNMEASURED] * 70


def test_a_young_site_is_not_blamed_for_the_days_before_it() -> None:
    said = of({each: good() for each in range(1, 61)})
    assert said.month.measured == 1
    assert [day.state for day in said.days[:-1]] == [State.UNMEASURED] * 29


def test_a_day_is_judged_as_a_whole_and_ten_minutes_by_their_worst() -> None:
    said = of({each: DOWN if each == 300 else good() for each in range(1, 800)})
    assert said.days[-1].state == State.UNSTEADY
    assert State.DOWN in {slot.state for slot in said.slots}


def test_what_was_lost_makes_no_good_day() -> None:
    said = of({each: good() for each in range(1, 60)} | {60: Tally(beats=12, accepted=12, delivered=11, lost=1)})
    assert said.days[-1].state == State.UNSTEADY


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100 %"), (0.999999, "99.99 %"), (0.9999, "99.99 %"), (0.5, "50 %"), (0.0, "0 %"), (None, "–")],
)
def test_a_share_is_never_rounded_up(share: float | None, words: str) -> None:
    assert drawing.percent(share) == words


@given(st.integers(0, 10**9))
def test_nothing_but_all_is_a_hundred_per_cent(beats: int) -> None:
    assert drawing.percent((10**9 - beats) / 10**9).startswith("100") == (beats == 0)


@pytest.mark.parametrize(
    ("took", "high"), [(None, 0), (0, 3), (1, 3), (10, 25), (100, 50), (10_000, 100), (10**7, 100)]
)
def test_a_time_stands_where_its_line_is(took: int | None, high: float) -> None:
    assert drawing.height(took) == high
    assert [line.y for line in drawing.lines()] == [75, 50, 25]


@pytest.mark.parametrize("record", [NOTHING, NOTHING._replace(since=ago(50_000))])
def test_of_nothing_there_is_a_whole_report_too(record: Record) -> None:
    said = report(record, NOW)
    assert (len(said.slots), len(said.days), said.incidents) == (144, 30, [])
    assert [figure.value for figure in drawing.figures(said)] == ["–"] * 4
    assert drawing.days(said)[0].cells == ["–", "–", "–", "–", "0 %"]
    assert len(drawing.hours(said)) in {24, 25}
    assert as_json(said)["day"]["availability"] is None


def test_the_words_of_a_column_say_what_it_shows() -> None:
    column = drawing.day(of({each: good() for each in range(1, 1440)}))[70]
    assert column.words == f"{column.label}: 100 % available, half within 8 ms, 99 of 100 within 8 ms"
    assert not drawing.backs(drawing.day(of({each: good() for each in range(1440)})))
