"""The checker of mails must see every fault that is planted, and nothing where there is none."""

from dataclasses import dataclass, field

import pytest

from bench.checker import Verdict
from bench.mail_checker import Mail, Mails, check_mails

ADA, BEN = "ada@example.org", "ben@example.org"


@dataclass
class Run:
    """Ada was owed word of five messages and had it in two mails, Ben of two in one; for a test to spoil."""

    owed: dict[str, list[int]] = field(default_factory=lambda: {ADA: [3, 4, 5, 8, 9], BEN: [3, 4]})
    mails: list[Mail] = field(
        default_factory=lambda: [
            Mail(ADA, "<1>", "1", (3,), more=2),
            Mail(BEN, "<2>", "2", (3, 4)),
            Mail(ADA, "<3>", "3", (8, 9)),
        ]
    )
    cut: set[str] = field(default_factory=set)

    def judge(self) -> tuple[Mails, dict[str, int]]:
        verdict = Verdict()
        mails = check_mails(self.owed, self.mails, self.cut, verdict)
        return mails, {fault: count for fault, count in verdict.counts.items() if count}

    def faults(self) -> dict[str, int]:
        return self.judge()[1]


@pytest.fixture
def run() -> Run:
    run = Run()
    assert run.judge() == (Mails(owed=7, told=7, sent=3, twice=0), {})
    return run


def test_a_mail_that_never_came_is_missed(run: Run) -> None:
    run.mails.pop()
    assert run.faults() == {"unmailed": 1}


def test_whoever_had_no_mail_at_all_is_missed(run: Run) -> None:
    del run.mails[1]
    assert run.faults() == {"unmailed": 1}


def test_a_message_that_was_left_out_is_missed(run: Run) -> None:
    run.mails[2] = run.mails[2]._replace(shows=(8,))
    assert run.faults() == {"unmailed": 1}


def test_one_message_in_two_mails_is_told_twice(run: Run) -> None:
    run.mails.append(Mail(ADA, "<4>", "4", (), more=1))
    assert run.faults() == {"mailed twice": 1}


def test_one_message_twice_does_not_make_up_for_another(run: Run) -> None:
    run.mails[2] = run.mails[2]._replace(shows=(8, 8))
    assert run.faults() == {"mailed twice": 1}


def test_a_message_that_was_not_theirs_does_not_make_up_for_one_that_was(run: Run) -> None:
    run.mails[2] = run.mails[2]._replace(shows=(8, 10))
    assert run.faults() == {"mailed twice": 1}


def test_a_mail_nobody_was_owed_is_one_too_many(run: Run) -> None:
    run.mails.append(Mail("cleo@example.org", "<4>", "4", (), more=1))
    assert run.faults() == {"mailed twice": 1}


def test_a_mail_may_not_come_again_whose_sender_was_told_that_it_was_taken(run: Run) -> None:
    run.mails.append(run.mails[0])
    assert run.faults() == {"mailed twice": 1}


def test_a_mail_may_come_again_whose_sender_never_heard_of_it_and_may_tell_more_then(run: Run) -> None:
    run.cut.add("<1>")
    run.mails.append(Mail(ADA, "<1>", "1", (3, 4, 5, 8, 9)))
    run.mails.remove(Mail(ADA, "<3>", "3", (8, 9)))

    assert run.judge() == (Mails(owed=7, told=7, sent=3, twice=1), {})


def test_a_mail_that_comes_again_bears_the_same_key(run: Run) -> None:
    run.cut.add("<1>")
    run.mails.append(run.mails[0]._replace(key="9"))
    assert run.faults() == {"mailed twice": 1}


def test_a_mail_bears_a_key(run: Run) -> None:
    run.mails[0] = run.mails[0]._replace(key="")
    assert run.faults() == {"mailed twice": 1}
