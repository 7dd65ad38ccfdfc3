import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.watch.plots import HEIGHT, WIDTH, Line, in_words, plot, round_above


@given(st.floats(0.0001, 1e9))
def test_the_scale_is_round_and_holds_all(highest: float) -> None:
    top = round_above(highest)
    assert highest <= top <= 10 * highest or top == 0.001
    assert f"{top:e}"[0] in "125"


def test_a_gap_parts_a_line_and_a_lone_point_is_drawn() -> None:
    drawn = plot("Times", "ms", [Line("half", "is-main", [1, 2, None, 4, None])]).lines[0]
    lone = f"450.0,{HEIGHT * 0.2:.1f}"
    assert drawn.parts == [f"0.0,{HEIGHT * 0.8:.1f} 150.0,{HEIGHT * 0.6:.1f}"]
    assert drawn.lone == [f"{lone} {lone}"]
    assert drawn.newest == "4 ms"


def test_the_line_goes_from_edge_to_edge() -> None:
    [part] = plot("People", "", [Line("people", "is-main", [0, 10])]).lines[0].parts
    assert part == f"0.0,{HEIGHT:.1f} {WIDTH:.1f},0.0"


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.5376, "0.538 ms"), (12, "12 ms"), (1204.4, "1,204 ms"), (3.0, "3 ms")]
)
def test_three_figures_are_enough(value: float | None, words: str) -> None:
    assert in_words(value, "ms") == words


def test_nothing_known_is_a_plot_without_lines() -> None:
    drawn = plot("Times", "ms", [Line("half", "is-main", [None] * 60)])
    assert drawn.lines[0].parts == drawn.lines[0].lone == []
    assert drawn.lines[0].newest == "–"
