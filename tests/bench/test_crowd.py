from bench.crowd import is_settled
from bench.orders import Standing


def test_a_crowd_has_settled_when_all_is_answered_and_shown() -> None:
    assert is_settled(Standing(live=4, to_say=2, answered=2, expected=8, heard=8))
    assert not is_settled(Standing(live=4, to_say=2, answered=1, expected=4, heard=8))
    assert not is_settled(Standing(live=4, to_say=2, answered=2, expected=8, heard=7))
