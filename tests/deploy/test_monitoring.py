"""Every metric that the dashboard and the alerts name is one that a node tells; nothing it tells goes unused."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
#: What Prometheus itself adds to each scrape.
OWN = {"up"}
#: What a metric of a type is asked for by.
PARTS = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}


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


def names(node: Any) -> Iterator[str]:
    """The metrics that a query asks for."""
    if isinstance(node, promql_parser.VectorSelector):
        yield str(node.name)
    for part in ("expr", "lhs", "rhs", "vector_selector", "vs"):
        if (child := getattr(node, part, None)) is not None and not isinstance(child, str):
            yield from names(child)
    for child in getattr(node, "args", None) or ():
        yield from names(child)


@pytest.fixture(scope="module")
def told(django_db_setup: None) -> dict[str, set[str]]:
    """By metric that a node tells, the names of its labels."""
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


def told_by(text: str) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(text):
        # Also those of which nothing was counted yet, so that no label is known.
        for name in PARTS.get(family.type, [""]):
            found[family.name + name] |= {label for sample in family.samples for label in sample.labels}
    return dict(found)


@pytest.mark.parametrize("query", queries())
def test_every_metric_that_is_asked_for_is_told(query: str, told: dict[str, set[str]]) -> None:
    asked = set(names(promql_parser.parse(query)))
    assert asked
    assert asked <= told.keys() | OWN


def test_every_metric_of_ours_is_asked_for(told: dict[str, set[str]]) -> None:
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
