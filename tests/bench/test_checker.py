"""The checker must see every fault that is planted, and nothing where there is none."""

from dataclasses import dataclass, field

import pytest

from bench import checker
from bench.checker import PROMISES, Evidence, Heard, Verdict, check
from bench.plan import Saying

ROOM, OTHER_ROOM = 7, 8
HEAD = 21
SEATS = frozenset({0, 1, 2})


@dataclass
class Run:
    """Four messages of two people in a room of three that went as they should, for a test to spoil.

    In the room are seats 0, 1, 2; seat 3 is in another room. The room stood at seq 21.
    """

    said: list[Saying] = field(
        default_factory=lambda: [Saying(number, number % 2, ROOM, f"m{number}", "Hello") for number in range(4)]
    )
    acknowledged: dict[str, int] = field(
        default_factory=lambda: {f"m{number}": HEAD + 1 + number for number in range(4)}
    )
    heard: dict[int, list[Heard]] = field(
        default_factory=lambda: {**{seat: [shown(number) for number in range(4)] for seat in SEATS}, 3: []}
    )
    log: dict[int, list[Heard]] = field(default_factory=lambda: {ROOM: [shown(number) for number in range(4)]})
    refused: set[str] = field(default_factory=set)
    until: dict[tuple[int, int], int] = field(default_factory=dict)
    jumps: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    strays: dict[int, list[Heard]] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        screens = {ROOM: SEATS, OTHER_ROOM: frozenset({3})}
        heads = {ROOM: HEAD, OTHER_ROOM: 1}
        return check(
            Evidence(
                self.said,
                self.acknowledged,
                screens,
                heads,
                self.heard,
                self.log,
                refused=self.refused,
                until=self.until,
                jumps=self.jumps,
                strays=self.strays,
                is_settled=True,
            )
        )

    def faults(self) -> dict[str, int]:
        """Those that were found, with how often."""
        return {fault: count for fault, count in self.verdict().counts.items() if count}


def shown(number: int) -> Heard:
    return Heard(ROOM, HEAD + 1 + number, f"m{number}", at=number)


@pytest.fixture
def run() -> Run:
    run = Run()
    assert run.verdict().is_clean
    return run


def test_a_run_that_went_well_is_clean(run: Run) -> None:
    assert run.verdict().counts == dict.fromkeys(PROMISES, 0)
    assert run.verdict().cases == []


def test_a_dropped_delivery_is_lost_and_leaves_a_gap(run: Run) -> None:
    del run.heard[1][2]

    assert run.faults() == {"lost": 1, "out of order": 1}
    assert not run.verdict().is_clean


def test_the_last_delivery_is_missed_too(run: Run) -> None:
    run.heard[1].pop()

    assert run.faults() == {"lost": 1}


def test_a_screen_that_heard_nothing_lost_everything(run: Run) -> None:
    del run.heard[2]

    assert run.faults() == {"lost": 4}


def test_swapped_deliveries_are_out_of_order(run: Run) -> None:
    run.heard[0][1], run.heard[0][2] = run.heard[0][2], run.heard[0][1]

    assert run.faults() == {"out of order": 2}


def test_a_first_event_beyond_the_head_is_out_of_order(run: Run) -> None:
    run.acknowledged = {}
    run.heard = {0: [shown(1)]}
    run.log = {}

    assert run.faults() == {"out of order": 1}


def test_a_repeated_delivery_is_doubled(run: Run) -> None:
    run.heard[2].append(run.heard[2][-1])

    assert run.faults() == {"doubled": 1}


def test_a_delivery_repeated_much_later_is_doubled_and_nothing_else(run: Run) -> None:
    run.heard[2].append(run.heard[2][0])

    assert run.faults() == {"doubled": 1}


def test_a_message_of_another_room_is_misplaced(run: Run) -> None:
    run.heard[3].append(shown(0))

    assert run.faults() == {"misplaced": 1}


def test_one_seq_that_is_two_messages_is_misplaced(run: Run) -> None:
    run.heard[2][1] = run.heard[2][1]._replace(client_id="stranger")

    assert run.faults() == {"misplaced": 1, "lost": 1, "unsaid": 1}


def test_an_acknowledgement_of_what_was_never_stored_is_early(run: Run) -> None:
    run.log[ROOM].pop()

    assert run.faults() == {"early": 1}


def test_an_acknowledgement_with_another_seq_than_the_log_has_is_early(run: Run) -> None:
    run.acknowledged["m3"] = HEAD + 9

    assert run.faults() == {"early": 1}


def test_a_log_that_was_not_read_accuses_nobody(run: Run) -> None:
    run.log.clear()

    assert run.verdict().is_clean


def test_a_log_with_a_gap_is_out_of_order(run: Run) -> None:
    run.acknowledged.pop("m1")
    del run.log[ROOM][1]

    assert run.faults() == {"out of order": 1}


def test_what_one_person_said_later_may_not_stand_first(run: Run) -> None:
    run.said[0], run.said[2] = run.said[2], run.said[0]

    assert run.faults() == {"sender order": 1}


def test_a_message_that_was_refused_is_missed_by_nobody(run: Run) -> None:
    run.said.append(Saying(9, 0, ROOM, "refused", "Hello"))

    assert run.verdict().is_clean


def test_an_answer_that_never_came_leaves_both_ways_open(run: Run) -> None:
    run.acknowledged.pop("m3")
    assert run.verdict().is_clean

    run.log[ROOM].pop()
    for seat in SEATS:
        run.heard[seat].pop()

    assert run.verdict().is_clean


def test_what_is_in_the_log_unanswered_is_missed_by_those_it_did_not_reach(run: Run) -> None:
    run.acknowledged.pop("m3")
    run.heard[1].pop()

    assert run.faults() == {"lost": 1}


def test_a_message_stored_under_two_seqs_is_doubled_in_the_log_and_on_each_screen(run: Run) -> None:
    again = Heard(ROOM, HEAD + 5, "m3", at=9)
    run.log[ROOM].append(again)
    for seat in SEATS:
        run.heard[seat].append(again)

    assert run.faults() == {"doubled": 4}


def test_what_nobody_said_is_noticed_in_the_log_and_on_screens(run: Run) -> None:
    invented = Heard(ROOM, HEAD + 5, "nobody's", at=9)
    run.log[ROOM].append(invented)
    for seat in SEATS:
        run.heard[seat].append(invented)

    assert run.faults() == {"unsaid": 4}


def test_what_was_refused_for_good_may_stand_nowhere(run: Run) -> None:
    run.acknowledged.pop("m3")
    run.refused.add("m3")

    assert run.faults() == {"unsaid": 4}


def test_an_unanswered_message_that_overtook_an_earlier_one_breaks_the_sender_s_order(run: Run) -> None:
    run.acknowledged.pop("m0")
    run.said[0], run.said[2] = run.said[2], run.said[0]

    assert run.faults() == {"sender order": 1}


def test_whoever_was_put_out_misses_nothing_after_that_and_may_be_shown_nothing(run: Run) -> None:
    run.until[1, ROOM] = HEAD + 2
    assert run.faults() == {"misplaced": 2}

    run.heard[1] = run.heard[1][:2]

    assert run.verdict().is_clean


def test_what_is_sent_to_somebody_who_is_not_in_the_room_is_misplaced_also_where_they_do_not_show_it(run: Run) -> None:
    run.strays[3] = [shown(0)]
    assert run.faults() == {"misplaced": 1}


def test_what_is_sent_to_somebody_after_they_were_put_out_is_misplaced(run: Run) -> None:
    run.until[1, ROOM] = HEAD + 2
    run.heard[1] = run.heard[1][:2]
    # What was on its way may come.
    run.strays[1] = [shown(1)]
    assert run.verdict().is_clean
    run.strays[1] = [shown(2)]
    assert run.faults() == {"misplaced": 1}


def test_a_room_may_not_have_to_be_loaded_anew_for_little(run: Run) -> None:
    run.heard[1] = [run.heard[1][0], run.heard[1][3]]
    run.jumps[1, ROOM] = [(HEAD + 1, HEAD + 3)]
    assert run.faults() == {"lost": 1}


def test_a_room_that_was_loaded_anew_goes_on_from_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "RELOAD_BEYOND", 1)
    run.heard[1] = [run.heard[1][0], run.heard[1][3]]
    run.jumps[1, ROOM] = [(HEAD + 1, HEAD + 3)]

    assert run.verdict().is_clean


def test_many_faults_are_all_counted_and_a_few_told(run: Run) -> None:
    run.heard.clear()

    verdict = run.verdict()

    assert verdict.counts["lost"] == 12
    assert len(verdict.cases) == 10
