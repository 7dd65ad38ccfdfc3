"""Sentry and a collector get what they are for, and nothing that people wrote."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from marshmallow import ValidationError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accounts.models import User
from collab import optional
from collab.embedded.environment import PROJECT
from collab.live import spans as spans_module
from rooms.models import Room
from tests.live.waiting import until
from tests.logs.conftest import MARKER
from tests.logs.receiver import Receiver, receiving
from tests.logs.test_traffic import answer, talk
from tests.protocol.conftest import database_url
from tests.protocol.node import Node, collect_static
from tests.protocol.signin import Browser


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class Watched(NamedTuple):
    """A node that reports and traces."""

    node: Node


@pytest.fixture(scope="module")
def watched(django_db_setup: None, receiver: Receiver) -> Iterator[Watched]:
    """It answers."""
    collect_static(database_url())
    node = Node(
        database_url(),
        is_tuned=True,
        application="tests.logs.breaking:application",
        MARKER=MARKER,
        SENTRY_DSN=f"http://key@{receiver.address}/1",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{receiver.address}",
        OTEL_BSP_SCHEDULE_DELAY="200",
    )
    try:
        node.start()
        yield Watched(node)
    finally:
        node.stop()


def spans(receiver: Receiver) -> list[Any]:
    found = []
    for path, body in list(receiver.got):
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def attributes(span: Any) -> dict[str, str]:
    return {each.key: each.value.string_value or str(each.value.int_value) for each in span.attributes}


def events(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body.splitlines()[2]) for path, body in list(receiver.got) if path.startswith("/api/1/envelope")]


@pytest.mark.django_db(transaction=True)
async def test_sentry_gets_what_broke_and_a_collector_what_was_done(
    watched: Watched, receiver: Receiver, ada: User, room: Room
) -> None:
    browser = Browser(watched.node.site)
    status, page = await asyncio.to_thread(answer, browser, "/crash/")
    assert status == 500
    await asyncio.to_thread(answer, browser, "/collide/")
    await talk(watched.node, ada, room)
    await until(lambda: len(events(receiver)) >= 2)
    await until(lambda: {"request", "command", "batch"} <= {span.name for span in spans(receiver)})

    crash = next(each for each in events(receiver) if each["extra"].get("route") == "crash/")
    assert crash["message"] == "request_failed"
    assert crash["tags"]["request"] in page
    assert crash["exception"]["values"][0]["type"] == "KeyError"
    assert [frame["function"] for frame in crash["exception"]["values"][0]["stacktrace"]["frames"]][-1] == "crash"
    request = next(span for span in spans(receiver) if attributes(span).get("collab.route") == "crash/")
    assert attributes(request)["collab.request"] == crash["tags"]["request"]

    await until(lambda: {"Hello", "Post"} <= {each["collab.command"] for each in commands(receiver).values()})
    await until(lambda: bool(linked(receiver, "writer")))
    [post] = [each for each in linked(receiver, "writer") if each in commands(receiver)][:1]
    assert commands(receiver)[post]["collab.person"] == str(ada.pk)
    assert all(MARKER.encode() not in body for _, body in receiver.got)


def commands(receiver: Receiver) -> dict[bytes, dict[str, str]]:
    return {span.span_id: attributes(span) for span in spans(receiver) if span.name == "command"}


def linked(receiver: Receiver, work: str) -> list[bytes]:
    batches = [span for span in spans(receiver) if attributes(span).get("collab.work") == work]
    return [link.span_id for span in batches for link in span.links]


@pytest.mark.parametrize("dsn", ["sentry.example.org", "https://sentry.example.org/1", "nothing"])
def test_what_is_no_dsn_is_refused_with_one_that_would_do(dsn: str) -> None:
    with pytest.raises(ValidationError, match="https://key@sentry"):
        optional.check_sentry(dsn)


@pytest.mark.parametrize("endpoint", ["localhost:4318", "grpc://localhost:4317", "http://"])
def test_what_is_no_collector_is_refused_with_one_that_would_do(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="http://localhost:4318"):
        optional.check_otel(endpoint)


def test_where_a_package_is_missing_it_is_asked_for_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"pip install sentry-sdk$"):
        optional.check_sentry("https://key@sentry.example.org/1")
    with pytest.raises(ValidationError, match="pip install opentelemetry-sdk"):
        optional.check_otel("http://localhost:4318")
    optional.check_sentry("")
    optional.check_otel("")


def test_backups_in_s3_without_their_package_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_TO", "s3://bucket/of/collab")
    without = "import sys; sys.modules['obstore'] = None; import collab.settings"
    for start, code in ((without, 1), ("import collab.settings", 0)):
        done = subprocess.run([sys.executable, "-c", start], cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert ("BACKUP_TO" in done.stderr and f"pip install {optional.OBSTORE}" in done.stderr) == bool(code)


def test_the_package_for_s3_is_the_one_that_is_tried_here() -> None:
    assert f"{optional.OBSTORE}\n" in (PROJECT / "requirements-dev.txt").read_text()


def test_of_what_breaks_in_a_span_the_kind_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(spans_module, "tracer", provider.get_tracer("tests"))
    with pytest.raises(ValueError, match=MARKER), spans_module.span("batch", items=3):
        raise ValueError(MARKER)
    [made] = exporter.get_finished_spans()
    assert dict(made.attributes or {}) == {"collab.items": 3, "collab.error": "ValueError"}
    assert made.events == ()
    assert made.status.description is None
