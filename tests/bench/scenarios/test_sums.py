"""The sums of the smaller scenarios."""

import resource

import pytest

from bench.errors import CannotMeasure
from bench.figures import spread
from bench.outcome import Run, at_least, at_most, none_of
from bench.result import Result
from bench.scenarios.crowd import to_the_last
from bench.scenarios.machine import nodes_for
from bench.scenarios.nodes import apart
from bench.scenarios.polling import Costs, costs
from bench.usage import Usage


def run(seconds: float, **cpu: float) -> Run:
    none = spread([])
    result = Result(2, 2, [], [], 40, 40, {}, [], 2, 0, none, none, none, none)
    return Run("", result, Usage(seconds, cpu, {}, (0.0, 0.0)), 0)


def test_a_message_has_arrived_when_its_last_receiver_has_it() -> None:
    assert to_the_last([(0, 1, 5), (1, 1, 7), (0, 2, 9), (1, 2, 6)]) == [9, 7]


def test_how_far_apart_costs_are_is_a_share_of_the_cheapest() -> None:
    assert apart([20.0, 22.0, 25.0]) == pytest.approx(25)
    assert apart([]) == 0


def test_what_polls_cost_is_multiplied_and_nothing_else() -> None:
    costs = Costs(sockets=0.1, nobody=0.05, polls=0.25)

    assert costs.of_all_polling(10) == pytest.approx(2.05)
    assert costs.less(10) == pytest.approx(100 * (1 - 0.1 / 2.05))
    assert Costs(0.1, 0.0, 0.0).less(10) == 0


def test_costs_are_by_second_however_long_each_took() -> None:
    runs = run(10, Daphne=1.0, PostgreSQL=1.0), run(20, Daphne=1.0), run(20, Daphne=8.0, PostgreSQL=32.0)

    assert costs("Daphne", *runs) == pytest.approx((0.1, 0.05, 0.4))
    assert costs("", *runs) == pytest.approx((0.2, 0.05, 2.0))


def test_the_load_is_no_part_of_the_site() -> None:
    assert run(1, Daphne=1.0, bench=7.0).a_delivery() == pytest.approx(25_000)
    assert run(1, Daphne=1.0, PostgreSQL=3.0).a_message("Daphne") == pytest.approx(500_000)


def test_processes_are_as_many_as_open_files_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 20_000))
    assert [nodes_for(count) for count in (2, 18_000, 18_001, 100_000)] == [1, 1, 2, 6]

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 1_024))
    with pytest.raises(CannotMeasure, match="only 1024 files"):
        nodes_for(2)


def test_processes_are_as_many_as_ports_need_where_files_are_unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, resource.RLIM_INFINITY))

    assert nodes_for(100_000) == 4


def test_a_target_is_met_at_its_bound() -> None:
    assert at_most("p99", 25, 25.0, "ms").is_met
    assert not at_most("p99", 25, 25.1, "ms").is_met
    assert at_least("accepted", 2_000, 2_000, "/s").is_met
    assert not at_least("accepted", 2_000, 1_999, "/s").is_met
    assert none_of("lost", 0).is_met
    assert not none_of("lost", 1).is_met
