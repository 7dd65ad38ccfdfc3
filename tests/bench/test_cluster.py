"""The cluster: user-seconds by sums with planted gaps, the reckoning, options, and small real runs of both networks."""

import asyncio
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from bench.checker import Heard
from bench.cluster import runs
from bench.cluster.injections import FAULTS
from bench.cluster.loopback import Loopback
from bench.cluster.namespaces import Namespaces, ip, left, namespaces, why_not
from bench.cluster.options import Options, read
from bench.cluster.postgres import bouncer_program
from bench.cluster.reckoning import percent, reckoned, uptime
from bench.cluster.report import costs, is_enough, page
from bench.cluster.runs import Blow, possible
from bench.cluster.team import Team
from bench.cluster.user_seconds import SECOND, Span, Tally, Wait, spans, tally
from bench.errors import CannotMeasure
from bench.faults.history import History, Return
from bench.faults.outcome import Outcome
from bench.faults.part import until
from bench.plan import Saying, Seat
from tests.bench.commands import left_running, refusal, run

BEGIN = 1_000 * SECOND
SMALL = "--people 12 --rooms-of 4 --rooms-each 2 --peace 1 --seconds 2 --seed 1".split()


def at(seconds: float) -> int:
    return BEGIN + round(seconds * SECOND)


def span(wait: Wait, begin: float, end: float, seat: int = 0) -> Span:
    return Span(seat, wait, at(begin), at(end))


def lost(*waits: Span, patience: float = 2.0, broke: float = 0.0) -> int:
    """Of ten seconds of two people who each say something in each of them, and are answered at once."""
    talk = [span(Wait.ANSWER, second + 0.1, second + 0.2, seat) for second in range(10) for seat in (0, 1)]
    return tally([*talk, *waits], 2, BEGIN, at(broke), patience).lost


def test_nothing_is_lost_where_everything_comes_at_once() -> None:
    assert lost() == 0


@pytest.mark.parametrize(
    ("gap", "seconds"),
    [
        (span(Wait.SOCKET, 3.4, 3.5), 1),  # However short.
        (span(Wait.SOCKET, 3.9, 4.1), 2),  # Over the turn of a second.
        (span(Wait.SOCKET, 3.5, 6.5), 4),
        (span(Wait.ANSWER, 3.0, 4.9), 0),  # Borne.
        (span(Wait.ANSWER, 3.5, 5.6), 3),  # Every second of the wait, not only that in which it was sent.
        (span(Wait.SCREEN, 3.5, 5.4), 0),
        (span(Wait.SCREEN, 3.5, 6.0), 4),
    ],
)
def test_a_planted_gap_costs_the_seconds_it_touches(gap: Span, seconds: int) -> None:
    assert lost(gap) == seconds


def test_half_a_second_is_not_borne_by_the_stricter_figure() -> None:
    assert lost(span(Wait.SCREEN, 3.1, 3.7), patience=0.5) == 1
    assert lost(span(Wait.SCREEN, 3.1, 3.5), patience=0.5) == 0


def test_a_second_is_lost_once_whatever_is_waited_for_in_it_and_by_each_person_alone() -> None:
    gaps = [span(wait, 3.0, 5.5) for wait in Wait]
    counted = tally([*gaps, span(Wait.SOCKET, 3.0, 3.5, seat=1)], 2, BEGIN, BEGIN, 2.0)

    assert counted.lost == 4
    assert counted.waits == {"no socket": 4, "unanswered": 3, "unseen": 3}
    assert counted.a_person == 2


def test_what_was_lost_before_the_fault_is_not_laid_to_it() -> None:
    counted = tally([span(Wait.SOCKET, 1.5, 1.6), span(Wait.SOCKET, 4.2, 4.3)], 1, BEGIN, at(4.9), 2.0)

    assert (counted.lost_in_peace, counted.lost) == (1, 1)


def test_seconds_in_which_nobody_sent_anything_are_not_said_to_be_judged_by_a_send() -> None:
    counted = tally([span(Wait.ANSWER, 0.1, 0.2), span(Wait.ANSWER, 4.1, 4.2)], 1, BEGIN, BEGIN, 2.0)

    assert (counted.judged, counted.seconds) == (2, 5)


def history() -> History:
    """Two people in a room: what the first said at 1 s was stored at 1.1 s; the second saw it at 4 s."""
    made = History()
    made.said = [Saying(at(1), 0, 7, "m1", "Hello"), Saying(at(2), 1, 7, "never", "Hello?")]
    made.accepted = {"m1": (1, at(1.2))}
    made.heard[0] = [Heard(7, 1, "m1", at(1.3))]
    made.heard[1] = [Heard(7, 1, "m1", at(4))]
    made.returns = [Return(at(3), 1, 0.5)]
    return made


def test_waits_are_those_for_sockets_answers_and_screens() -> None:
    assert set(spans(history(), {"m1": at(1.1)})) == {
        span(Wait.SOCKET, 2.5, 3, seat=1),
        span(Wait.ANSWER, 1, 1.2),
        # Never answered: until the last thing that was seen.
        span(Wait.ANSWER, 2, 4, seat=1),
        span(Wait.SCREEN, 1.1, 1.3),
        span(Wait.SCREEN, 1.1, 4, seat=1),
    }


def test_whoever_waits_for_others_is_not_charged_with_what_these_could_not_send() -> None:
    late = history()
    late.said[0] = Saying(at(0), 0, 7, "m1", "Hello")

    assert span(Wait.SCREEN, 1.1, 1.3) in set(spans(late, {"m1": at(1.1)}))


def blow(fault: str, cost: int, **faults: int) -> Blow:
    """A fault that cost ten people so many seconds."""
    counted = Tally(patience=2, people=10, seconds=30, lost=cost, lost_in_peace=0, waits={}, judged=290)
    return Blow(at=5, outcome=Outcome(fault=fault, seed=1, faults=faults), tallies=[counted, counted])


def test_the_uptime_of_a_year_is_reckoned_from_what_one_of_each_kind_costs() -> None:
    # One hour a year: 4,000 s in all, in 52 equal parts.
    assert uptime({"one": 4_000 / 52}) == pytest.approx(1 - 4_000 / 31_557_600)
    assert uptime({}) == 1
    assert "(1.00 + 2.50) s = 3.50 s a week" in reckoned({"one": 1, "two": 2.5}, 2)
    assert "uptime 99.9994 %, 3.0 minutes lost a year" in reckoned({"one": 1, "two": 2.5}, 2)


def test_a_kind_that_came_twice_counts_with_its_mean() -> None:
    assert costs([blow("a", 10), blow("a", 30), blow("b", 5)]) == {"a": 2, "b": 0.5}


def test_an_uptime_is_never_rounded_up() -> None:
    assert percent(0.99989999) == "99.9899 %"


def test_more_than_a_minute_a_week_is_red() -> None:
    # 60.7 s a week are 0.01 % of a year.
    asked = read(["--seed", "1"])
    assert is_enough([blow("a", 600)])
    assert not is_enough([blow("a", 610)])
    assert "RED: that is less than 99.99%" in page(asked, [blow("a", 610)])
    assert "RED: promises were broken in 1 rounds." in page(asked, [blow("a", 1, lost=1)])
    assert "RED" not in page(asked, [blow("a", 1)])


def test_kinds_that_were_not_tried_are_named_beside_the_uptime() -> None:
    tried = [blow(fault, 1) for fault in FAULTS]
    assert "Not in it, for they were not tried: node-added." in page(
        read([]), [each for each in tried if each.outcome.fault != "node-added"]
    )
    assert "Not in it" not in page(read([]), tried)


async def test_everybody_says_something_each_second_in_rooms_of_theirs() -> None:
    seats = [Seat(number, "a session", 7, (8, 9)) for number in range(5)]
    team = Team(seats, "http://nowhere", 5, random.Random(1))
    team.talk()
    await until(lambda: len(team.history.said) >= 10, "nobody talks")
    await team.fall_silent()

    said = team.history.said
    assert {each.seat for each in said[:5]} == {each.seat for each in said[5:10]} == set(range(5))
    assert {each.room for each in said} <= {7, 8, 9}
    assert len({each.room for each in said}) > 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--fault flood", "'flood' is none of node-killed"),
        ("--people 1", "'1' is not a whole number from 2 to 500"),
        ("--people 25", "--people 25 cannot be dealt into rooms of 20; take a multiple."),
        ("--nodes 1", "'1' is not a whole number from 2 to 6"),
        ("--rooms-each 0", "'0' is not a whole number from 1 to 50"),
        ("--seconds ten", "'ten' is not a whole number from 1 to 600"),
        ("--network wires", "invalid choice: 'wires'"),
        ("--seed -1", "'-1' is not a whole number"),
    ],
)
def test_bad_options_are_refused_in_one_line(arguments: str, words: str) -> None:
    assert words in refusal(read, arguments.split())


def test_all_kinds_of_faults_come_unless_some_are_named() -> None:
    assert read([]).faults == list(FAULTS)
    named: Options = read(["--fault", "node-killed", "--fault", "node-killed"])
    assert named.faults == ["node-killed", "node-killed"]


def test_machines_on_the_loopback_have_an_address_each_and_no_cable() -> None:
    machines = Loopback()

    assert machines.host("front") == machines.host("front") != machines.host("database")
    assert machines.on("front", ["true"]) == ["true"]
    assert possible(list(FAULTS), machines) == [each for each in FAULTS if each != "machine-cut-off"]
    with pytest.raises(CannotMeasure, match="machine-cut-off needs network namespaces"):
        possible(["machine-cut-off"], machines)


@pytest.fixture
def _namespaces() -> None:
    if reason := why_not():
        pytest.skip(f"no network namespaces: {reason}")


@pytest.mark.usefixtures("_namespaces")
def test_namespaces_and_their_switch_are_gone_afterwards_and_those_of_the_dead_are_cleared() -> None:
    ip("netns", "add", "clb4194304x1")  # No process has this number: they end below it.
    with namespaces() as machines:
        assert isinstance(machines, Namespaces)
        host = machines.host("front")
        assert host in ip("-n", machines.on("front", [])[-1], "addr")
        assert left() == []

    assert f"clb{os.getpid()}" not in ip("netns") + ip("link")


def outcomes(var: Path) -> list[dict[str, Any]]:
    [file] = (var / "bench").glob("cluster-*.json")
    blows: list[dict[str, Any]] = json.loads(file.read_bytes())["blows"]
    return blows


@pytest.mark.lab
@pytest.mark.usefixtures("_namespaces")
def test_a_node_and_the_master_of_redis_die_in_namespaces_and_nothing_is_lost(var: Path) -> None:
    faults = ["node-killed", "node-added", "redis-master-killed"]
    ended = run(var, "bench.cluster", *SMALL, *(word for fault in faults for word in ("--fault", fault)))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Machines are network namespaces." in ended.stderr
    blows = outcomes(var)
    assert [each["outcome"]["fault"] for each in blows] == faults
    assert all(each["outcome"]["accepted"] == each["outcome"]["said"] > 0 for each in blows)
    killed, added, _ = (each["tallies"][0] for each in blows)
    # Whoever was on the node was away for a moment at least; nobody was for the new one.
    assert 0 < killed["lost"] < killed["people"] * killed["seconds"]
    assert killed["waits"]["no socket"] > 0
    assert added["waits"]["no socket"] == 0
    assert not left_running(var)
    assert left() == []


@pytest.mark.lab
def test_postgres_is_restarted_on_addresses_of_the_loopback_and_nothing_is_lost(var: Path) -> None:
    ended = run(var, "bench.cluster", *SMALL, "--network", "loopback", "--fault", "postgres-restarted")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    [only] = outcomes(var)
    assert only["tallies"][0]["waits"]["unanswered"] > 0
    assert not left_running(var)


@pytest.mark.lab
@pytest.mark.skipif(not bouncer_program(), reason="PgBouncer is not installed")
def test_postgres_is_restarted_behind_pgbouncer_and_nothing_is_lost(var: Path) -> None:
    ended = run(var, "bench.cluster", *SMALL, "--pgbouncer", "--fault", "postgres-restarted")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "PostgreSQL behind PgBouncer" in ended.stdout
    assert not left_running(var)


def test_without_pgbouncer_a_run_that_wants_it_says_how_to_get_it(var: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "bouncer_program", lambda: None)
        with pytest.raises(CannotMeasure, match="apt install pgbouncer"):
            asyncio.run(runs.run(read(["--pgbouncer"]), var))
