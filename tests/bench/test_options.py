from pathlib import Path

import pytest

from bench import options
from bench.scenarios.catalog import SCENARIOS
from tests.bench.commands import refusal


def test_without_a_word_it_is_every_scenario_at_its_full_size() -> None:
    asked = options.read([])

    assert list(asked.scenarios) == list(SCENARIOS)
    team = asked.scenarios["team"]
    assert (team.sockets, team.rooms_of, team.rooms_each, team.rate, team.seconds) == (10_000, 20, 10, 300, 300)
    assert (asked.pin, asked.quick, asked.plots) == (True, False, None)


def test_quick_is_tiny_and_gives_way_to_what_is_said() -> None:
    assert all(each.sockets <= 40 and each.seconds <= 2 for each in options.read(["--quick"]).scenarios.values())
    assert options.read(["team", "--quick", "--seconds", "7"]).scenarios["team"].seconds == 7


def test_scenarios_are_measured_in_the_order_in_which_they_share_sites() -> None:
    assert list(options.read(["storm", "halls", "idle"]).scenarios) == ["idle", "storm", "halls"]


def test_a_crowd_is_in_one_room_however_many_it_is() -> None:
    crowd = options.read(["crowd", "--sockets", "300"]).scenarios["crowd"]

    assert (crowd.sockets, crowd.rooms_of) == (300, 300)


def test_a_room_lies_in_one_workspace() -> None:
    team = options.read(["team", "--sockets", "300", "--rooms-of", "30"]).scenarios["team"]

    assert team.workspace_of == 990


def test_a_machine_has_the_processes_that_its_sockets_need() -> None:
    few = options.read(["machine", "--sockets", "200"]).scenarios["machine"]

    assert few.nodes == (1,)
    assert options.read(["machine"]).scenarios["machine"].nodes >= (4,)


def test_pictures_go_where_they_are_asked_for() -> None:
    assert options.read(["--plots", "docs/performance"]).plots == Path("docs/performance")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["marathon"], "'marathon' is none of idle, team"),
        (["--url=http://localhost:8000"], "--url"),
        (["team", "--sockets", "many"], "'many' is not a whole number from 2 to 100000"),
        (["team", "--sockets", "0"], "'0' is not a whole number"),
        (["team", "--sockets", "20020"], "20020 are more sockets than one process holds"),
        (["machine", "--sockets", "100001"], "'100001' is not a whole number"),
        (["team", "--rooms-of", "1"], "'1' is not a whole number"),
        (["team", "--rate", "-5"], "--rate"),
        (["team", "--rate", "²"], "'²' is not a whole number"),
        (["team", "--seconds", "601"], "'601' is not a whole number from 1 to 600"),
        (["team", "--sockets", "30"], "30 cannot be dealt into rooms of 20"),
        (["team", "--sockets", "20", "--rate", "201"], "more than ten messages a second a person"),
        (["--sockets", "200"], "--sockets goes with one scenario"),
        (["team", "idle", "--rooms-of", "10"], "--rooms-of goes with one scenario"),
        (["--hurry"], "--hurry"),
    ],
)
def test_a_bad_argument_is_refused_in_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert named in refusal(options.read, arguments)
    assert capsys.readouterr() == ("", "")
