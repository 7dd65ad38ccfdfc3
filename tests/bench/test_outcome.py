"""What is told of a round: what came too late, errors that people saw, rooms that were loaded afresh."""

import random
from typing import Any

import pytest

import bench.faults.injections  # noqa: F401 — enters the faults into the catalogue.
from bench.checker import Heard, Verdict
from bench.faults.catalog import FAULTS
from bench.faults.history import History, Return
from bench.faults.outcome import Outcome, outcome
from bench.faults.scene import Scene
from bench.faults.table import table
from bench.plan import Saying

SECOND = 1_000_000_000


def judged(fault: str, history: History, *, nodes: dict[int, int] | None = None) -> Outcome:
    """What is told of a round in which something broke after ten seconds and was whole after twenty."""
    nobody: Any = None
    scene = Scene(nobody, nobody, random.Random(0), broke_at=10 * SECOND, whole_at=20 * SECOND, nodes=nodes or {})
    return outcome(FAULTS[fault], 1, scene, history, Verdict())


@pytest.fixture
def history() -> History:
    """Seat 0 says something in the middle; it is accepted, and shown to seats 0 and 1 at once."""
    history = History()
    history.said = [Saying(15 * SECOND, 0, 7, "m", "Hello")]
    history.accepted["m"] = (1, 15 * SECOND + 1)
    for seat in (0, 1):
        history.heard[seat] = [Heard(7, 1, "m", 15 * SECOND + 2)]
    return history


def test_what_was_kept_is_not_late(history: History) -> None:
    told = judged("redis-killed", history)
    assert told.late == []
    assert " late " not in table([told]).splitlines()[-1]


def test_what_its_sender_saw_stored_is_accepted_and_what_they_never_learned_is_unknown(history: History) -> None:
    history.said += [Saying(16 * SECOND, 0, 7, each, "Hello") for each in ("seen", "nothing")]
    history.learn("seen", 2)
    told = judged("redis-killed", history)
    assert (told.said, told.accepted, told.unknown) == (3, 2, 1)


def test_all_caught_up_too_late_is_marked(history: History) -> None:
    history.returns.append(Return(24 * SECOND, 1, 1.0))
    told = judged("redis-killed", history)
    assert told.late == ["all caught up after 4.00 s"]
    assert " late " in table([told]).splitlines()[-1]
    assert told.is_clean


def test_a_screen_that_waited_too_long_is_marked(history: History) -> None:
    history.heard[1] = [Heard(7, 1, "m", 18 * SECOND)]
    assert judged("redis-killed", history).late == ["something took 3.00 s to a screen"]


def test_each_person_s_absences_are_added_up_and_the_longest_is_held_against_the_promise(history: History) -> None:
    history.returns += [Return(12 * SECOND, 1, 2.0), Return(16 * SECOND, 1, 3.5), Return(5 * SECOND, 1, 9.0)]
    told = judged("rolling-restart", history)
    assert told.late == ["somebody was away for 3.50 s"]
    assert told.absences.max == 5_500
    assert told.absences.count == 2


def test_an_error_that_a_later_try_cleared_is_counted_and_breaks_the_quiet_of_a_rolling_restart(
    history: History,
) -> None:
    history.step(0, "m", "put off", "unavailable")
    told = judged("rolling-restart", history)
    assert told.errors == {"unavailable": 1}
    assert told.late == ["1 sends were answered with an error: {'unavailable': 1}"]
    assert judged("redis-killed", history).late == []


def test_rooms_that_were_loaded_afresh_are_counted(history: History) -> None:
    history.jumps[1, 7] += [(1, 5), (5, 9)]
    assert judged("none", history).reloads == 2


def test_only_people_on_other_nodes_count_where_it_is_about_them(history: History) -> None:
    assert judged("redis-away", history).elsewhere.count == 0
    assert judged("redis-away", history, nodes={0: 1, 1: 1}).elsewhere.count == 0
    assert judged("redis-away", history, nodes={0: 1, 1: 2}).elsewhere.count == 1


def test_the_control_stands_in_the_same_row(history: History) -> None:
    ours = [judged("redis-killed", history), judged("rolling-restart", history)]
    other = Outcome(fault="redis-killed", seed=1, system="tutorial", accepted=9, faults={"lost": 4})
    _, _, first, second = table(ours, [other]).splitlines()
    assert first.split("|")[-6:-1] == [
        " 9            ",
        " 4        ",
        " 0           ",
        " 0              ",
        " never         ",
    ]
    assert set(second.split("|")[-6:-1]) & {" —            "}
