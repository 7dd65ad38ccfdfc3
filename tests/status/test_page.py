"""The page is for everyone, says nothing of anybody, and stands while the database is away."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from collab.status import journal, people, store
from collab.status.latest import latest
from collab.status.store import Key
from collab.status.tally import Tally


def minute(ago: int) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=ago)


def measured(ago: int, failed: int = 0) -> dict[Key, Tally]:
    tally = Tally(beats=12, accepted=12 - failed, unavailable=failed)
    for _ in range(12 - failed):
        tally.time(8)
    return {Key(minute(ago), "one"): tally}


@pytest.fixture
def away(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Takes the database away from whoever asks it from now on."""

    def fail(*_: object, **__: object) -> None:
        raise OperationalError

    def take_away() -> None:
        monkeypatch.setattr("collab.status.store.read", fail)
        monkeypatch.setattr(connection, "cursor", fail)
        vars(latest)["_made_at"] = -1e9

    yield take_away
    monkeypatch.undo()


def test_anybody_reads_it(client: Client, transactional_db: None) -> None:
    store.save(measured(1))
    page = client.get("/status")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Everything works" in text
    assert "100 %" in text
    assert "Content-Security-Policy" in page.headers
    assert "style=" not in text
    assert "HX-Request" in page["Vary"]


def test_a_day_is_drawn_as_high_as_it_was_available(client: Client, transactional_db: None) -> None:
    store.save(measured(1))
    assert 'width="0.8" height="40.0"' in client.get("/status").content.decode()
    store.save(measured(1, failed=12))
    vars(latest)["_made_at"] = -1e9
    assert 'width="0.8" height="6.0"' in client.get("/status").content.decode()


def test_before_anything_was_measured_it_says_so(client: Client, transactional_db: None) -> None:
    text = client.get("/status").content.decode()
    assert "Nothing is measured right now" in text
    assert "this says nothing about the site itself" in text
    assert "Nothing has been measured yet." in text


@pytest.mark.parametrize("path", ["/status", "/status.json"])
def test_a_crowd_asks_the_database_once_signed_in_or_not(
    transactional_db: None, client: Client, ada: User, path: str
) -> None:
    client.get(path)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    with CaptureQueriesContext(connection) as asked:
        answers = {client.get(path).content.decode().count("Ada") for _ in range(5)}
    assert len(asked) == 0
    assert answers == {0}


def test_the_part_that_is_fetched_anew_has_all_that_changes_and_no_frame(
    client: Client, transactional_db: None
) -> None:
    store.save(measured(1))
    part = client.get("/status", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    for name in (
        "health-now",
        "health-day",
        "health-day-table",
        "health-days",
        "health-days-table",
        "health-incidents",
    ):
        assert f'id="{name}"' in part
    assert part.count('hx-swap-oob="true"') == 5


@pytest.mark.parametrize("path", ["/status", "/status.json"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_there_is_nothing_to_do_but_look(client: Client, transactional_db: None, path: str, method: str) -> None:
    assert getattr(client, method)(path).status_code == 405


def test_programs_on_any_site_read_it_as_json(client: Client, transactional_db: None) -> None:
    store.save(measured(30, failed=12) | measured(1))
    answer = client.get("/status.json")
    said = answer.json()
    assert (answer["Access-Control-Allow-Origin"], answer["Cache-Control"]) == ("*", "public, max-age=5")
    assert set(said) == {
        "version", "at", "state", "headline", "since", "is_fresh", "now", "day", "month", "incidents", "rules",
    }  # fmt: skip
    assert (said["version"], said["state"], said["since"], said["is_fresh"]) == (1, "works", None, True)
    assert (said["day"]["beats"], said["day"]["unavailable"], said["day"]["availability"]) == (24, 12, 0.5)
    assert (len(said["day"]["slots"]), len(said["month"]["days"])) == (144, 30)
    (incident,) = said["incidents"]
    assert (incident["from"], incident["state"]) == (f"{minute(30):%Y-%m-%dT%H:%M:%SZ}", "down")


def test_neither_names_anybody_nor_anything_of_the_site(
    transactional_db: None, client: Client, room: object, ada: User
) -> None:
    canary = people.settled()
    store.save(measured(1))
    for path in ("/status", "/status.json"):
        text = client.get(path).content.decode()
        for secret in ("Ada", "Analytical", "engine", canary.speaker.email, canary.speaker.handle, people.NAME, "one"):
            assert f'"{secret}"' not in text
            assert f">{secret}<" not in text


def test_while_the_database_is_away_it_says_so_and_shows_what_was_known(
    transactional_db: None, client: Client, ada: User, away: Callable[[], None]
) -> None:
    store.save(measured(30) | measured(1))
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    client.get("/status")
    away()
    page = client.get("/status")
    said = client.get("/status.json").json()
    assert page.status_code == 200
    assert "Messages cannot be sent right now, since" in page.content.decode()
    assert "cannot be read from the site’s database just now" in page.content.decode()
    assert (said["state"], said["is_fresh"], said["day"]["beats"]) == ("down", False, 24)


def test_a_node_that_never_knew_anything_says_so_too(
    client: Client, transactional_db: None, away: Callable[[], None]
) -> None:
    away()
    assert "Messages cannot be sent right now" in client.get("/status").content.decode()
    assert client.get("/status.json").json()["now"]["beats"] == 0


def test_what_the_canary_measures_meanwhile_on_this_machine_is_shown(
    client: Client, transactional_db: None, away: Callable[[], None]
) -> None:
    store.save(measured(9))
    client.get("/status")
    journal.write(measured(3, failed=12) | measured(2, failed=12) | measured(1, failed=12))
    away()
    said = client.get("/status.json").json()
    assert said["since"] == f"{minute(3):%Y-%m-%dT%H:%M:%SZ}"
    assert said["day"]["unavailable"] == said["month"]["unavailable"] == 36


def test_it_is_well_again_once_the_database_is_back(
    client: Client, transactional_db: None, away: Callable[[], None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collab.status.store.read", lambda now: (_ for _ in ()).throw(OperationalError()))
        assert client.get("/status.json").json()["state"] == "down"
    store.save(measured(1))
    vars(latest)["_made_at"] = -1e9
    assert client.get("/status.json").json()["state"] == "works"


def test_a_table_that_is_not_there_is_no_outage_and_is_read_once_it_is(
    client: Client, transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(measured(1))
    client.get("/status.json")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE status_hour RENAME TO status_hour_away")
        try:
            for _ in range(2):
                vars(latest)["_made_at"] = -1e9
                said = client.get("/status.json").json()
                assert (said["state"], said["is_fresh"], said["day"]["beats"]) == ("works", False, 12)
            assert "cannot be read from the site’s database just now" in client.get("/status").content.decode()
        finally:
            cursor.execute("ALTER TABLE status_hour_away RENAME TO status_hour")
    assert "status_failed" in caplog.text
    vars(latest)["_made_at"] = -1e9
    assert client.get("/status.json").json()["is_fresh"]


def test_a_database_that_hangs_is_waited_for_once_and_not_for_long(
    client: Client, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(measured(1))
    assert client.get("/status.json").json()["state"] == "works"
    wakes, asked, read = threading.Event(), list[datetime](), store.read

    def hang(now: datetime) -> store.Record:
        asked.append(now)
        assert wakes.wait(30)
        return read(now)

    monkeypatch.setattr("collab.status.latest.WITHIN", 0.1)
    monkeypatch.setattr(store, "read", hang)
    for _ in range(3):
        vars(latest)["_made_at"] = -1e9
        assert client.get("/status.json").json()["state"] == "down"
    reading = latest._reading
    assert reading is not None
    wakes.set()
    reading.result(30)
    monkeypatch.setattr("collab.status.latest.WITHIN", 10)
    vars(latest)["_made_at"] = -1e9
    assert client.get("/status.json").json()["state"] == "works"
    assert len(asked) == 1


def test_an_answer_that_nobody_came_for_in_time_is_not_told_as_new(
    client: Client, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(measured(1))
    wakes = threading.Event()

    def hang(now: datetime) -> store.Record:
        assert wakes.wait(30)
        return store.Record({}, {}, {}, None)

    with monkeypatch.context() as hanging:
        hanging.setattr("collab.status.latest.WITHIN", 0.1)
        hanging.setattr(store, "read", hang)
        assert client.get("/status.json").json()["state"] == "down"
    wakes.set()
    reading = latest._reading
    assert reading is not None
    reading.result(30)
    vars(latest).update(_made_at=-1e9, _asked_at=-1e9)
    said = client.get("/status.json").json()
    assert (said["is_fresh"], said["state"], said["day"]["beats"]) == (True, "works", 12)


def test_the_doors_of_the_site_lead_there(client: Client, transactional_db: None) -> None:
    assert 'href="/status"' in client.get("/").content.decode()
    for name in ("500.html", "503.html"):
        assert 'href="/status"' in render_to_string(name)


def test_it_asks_for_no_session(client: Client, transactional_db: None) -> None:
    assert not client.get("/status").cookies
    assert not Session.objects.exists()
