"""Every metric that the dashboard and the alerts name is one that a node tells; nothing it tells goes unused."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
#: What Prometheus itself adds to each scrape.
OWN = {"up"}
#: And the labels that it adds to all.
ADDED = {"instance", "job"}
#: What of this site is refused to those who ask too often.
LIMITED = {"command", "page", "sign_in"}
#: What a metric of a type is asked for by.
PARTS = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}

#: By metric, and by its labels, the values that were told.
Told = dict[str, dict[str, set[str]]]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [
        panel
        for panel in json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]
        if "targets" in panel
    ]


def queries() -> list[str]:
    shown = [target["expr"].replace("$__rate_interval", "1m") for panel in panels() for target in panel["targets"]]
    return [*shown, *(rule["expr"] for rule in rules())]


def parts(node: Any) -> Iterator[Any]:
    """A query, and every query within it."""
    yield node
    for part in ("expr", "lhs", "rhs", "vector_selector", "vs"):
        if (child := getattr(node, part, None)) is not None and not isinstance(child, str):
            yield from parts(child)
    for child in getattr(node, "args", None) or ():
        yield from parts(child)


def selectors(node: Any) -> list[Any]:
    """Where a query asks for metrics."""
    return [part for part in parts(node) if isinstance(part, promql_parser.VectorSelector)]


def names(node: Any) -> Iterator[str]:
    """The metrics that a query asks for."""
    for selector in selectors(node):
        yield str(selector.name)


@pytest.fixture(scope="module")
def told(django_db_setup: None) -> Told:
    """What a node tells."""
    from tests.protocol.conftest import database_url
    from tests.protocol.node import Node, collect_static

    collect_static(database_url())
    node = Node(database_url(), is_tuned=True)
    node.start()
    try:
        with urlopen(f"{node.site}/metrics") as answer:
            return told_by(answer.read().decode())
    finally:
        node.stop()


def told_by(text: str) -> Told:
    found, labels = Told(), declared()
    for family in text_string_to_metric_families(text):
        # Also those of which nothing was counted yet.
        for name in (family.name + part for part in PARTS.get(family.type, [""])):
            found[name] = {label: set() for label in labels.get(name, ())}
        for sample in family.samples:
            for label, value in sample.labels.items():
                found[sample.name].setdefault(label, set()).add(value)
    return found


def declared() -> dict[str, set[str]]:
    """The labels of each metric that the code declares: a node tells none before it counts."""
    import collab.watch.numbers  # noqa: F401 — declares some.
    from collab.live import metrics

    return {
        name: {*each._labelnames, *(["le"] if name.endswith("_bucket") else [])}
        for each, names in metrics.registry._collector_to_names.items()
        if isinstance(each, MetricWrapperBase)
        for name in names
    }


def known(told: Told) -> dict[str, Collection[str]]:
    """All values that a label may have, where these are known."""
    from collab.live.errors import Close
    from rooms.models import Delivery

    return {
        "leg": told["collab_leg_seconds_bucket"]["leg"],
        "reason": Close.__members__,
        "state": Delivery.State.values,
        "what": LIMITED,
    }


def faults(query: str, told: Told) -> set[str]:
    """The labels, and values of labels, that a query names and no metric of it has."""
    parsed, values = promql_parser.parse(query), known(told)
    grouped = {
        label
        for part in parts(parsed)
        if isinstance(part, promql_parser.AggregateExpr) and part.modifier
        for label in part.modifier.labels
        if not all(label in told[name].keys() | ADDED for name in names(part))
    }
    matched = [(selector, matcher) for selector in selectors(parsed) for matcher in selector.matchers.matchers]
    unknown = {matcher.name for selector, matcher in matched if matcher.name not in told[selector.name].keys() | ADDED}
    wrong = {
        f"{matcher.name}={value}"
        for _, matcher in matched
        for value in matcher.value.split("|")
        if value not in values.get(matcher.name, [value])
    }
    return grouped | unknown | wrong


@pytest.mark.parametrize("query", queries())
def test_every_metric_that_is_asked_for_is_told(query: str, told: Told) -> None:
    asked = set(names(promql_parser.parse(query)))
    assert asked
    assert asked <= told.keys() | OWN


@pytest.mark.parametrize("query", queries())
def test_every_label_that_is_asked_for_is_one_of_the_metrics(query: str, told: Told) -> None:
    assert faults(query, {**{name: {} for name in OWN}, **told}) == set()


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ('rate(collab_leg_seconds_bucket{leg="writen"}[5m])', "leg=writen"),
        ('max(collab_deliveries_by_state{state="ded"}) > 0', "state=ded"),
        ('max by (state) (collab_deliveries_by_state{state!~"sent|not_neded"})', "state=not_neded"),
        ('collab_rate_limited_total{what="pages"}', "what=pages"),
        ('1 - collab_sockets_closed_total{reason="SLOW"}', "reason=SLOW"),
        ('collab_events_total{nosuch="posted"}', "nosuch"),
        ("sum by (nosuch) (collab_events_total)", "nosuch"),
        ("sum by (le) (collab_leg_seconds_count)", "le"),
        ("sum by (queue) (collab_batch_size_sum / collab_gaps_total)", "queue"),
    ],
)
def test_a_label_that_is_not_there_is_found(query: str, fault: str, told: Told) -> None:
    assert faults(query, told) == {fault}


def test_every_metric_of_ours_is_asked_for(told: Told) -> None:
    asked = {name for query in queries() for name in names(promql_parser.parse(query))}
    ours = {re.sub("_(bucket|sum|count)$", "", name) for name in told if name.startswith("collab_")}
    assert ours <= {re.sub("_(bucket|sum|count)$", "", name) for name in asked}


def test_each_alert_says_what_is_wrong_and_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"].keys() == {"summary", "action"}
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_a_query_for_a_metric_that_is_not_there_is_found() -> None:
    assert set(
        names(promql_parser.parse('sum by (le) (rate(collab_nowhere_total{a="b"}[5m])) / (1 + collab_gone)'))
    ) == {
        "collab_nowhere_total",
        "collab_gone",
    }


def test_prometheus_asks_where_the_nodes_answer() -> None:
    from collab.watch import exposition

    [job] = yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
    assert job["metrics_path"] == exposition.PATH
    assert all(f'job="{job["job_name"]}"' in query for query in queries() if 'job="' in query)
    for file in yaml.safe_load((MONITORING / "prometheus.yml").read_text())["rule_files"]:
        assert (MONITORING / file).exists()


def test_panels_stand_side_by_side_and_no_two_on_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
