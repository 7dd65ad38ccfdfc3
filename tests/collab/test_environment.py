"""Other commands find the site that `up` made; a site that `up` never started is given nothing."""

from pathlib import Path

import pytest

from collab.embedded.environment import Address, address, complete, embedded_servers
from collab.embedded.errors import CannotStart


def test_a_start_makes_a_key_and_the_addresses(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path), "PORT": "9000"}

    complete(environment, starting=True)

    assert len(environment["SECRET_KEY"]) >= 32
    assert environment["DATABASE_URL"].startswith("postgresql://")
    assert environment["REDIS_URL"].startswith("unix://")
    assert environment["SITE_URL"] == "http://localhost:9000"
    assert environment["EXTRA_ORIGINS"] == "http://127.0.0.1:9000"


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    first = {"VAR_DIR": str(tmp_path)}
    second = {"VAR_DIR": str(tmp_path)}
    complete(first, starting=True)
    complete(second, starting=False)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]


def test_a_site_that_up_never_started_is_given_nothing(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path)}
    complete(environment, starting=False)
    assert environment == {"VAR_DIR": str(tmp_path)}


def test_what_is_said_is_kept(tmp_path: Path) -> None:
    said = {
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "s" * 40,
        "DATABASE_URL": "postgres://db/chat",
        "REDIS_URL": "redis://cache/0",
        "SITE_URL": "https://chat.example.org",
    }
    environment = dict(said)
    complete(environment, starting=True)
    assert environment == said
    assert embedded_servers(environment) == []


def test_only_the_server_that_was_not_named_is_embedded(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://db/chat"}
    complete(environment, starting=True)
    assert [server.name for server in embedded_servers(environment)] == ["valkey"]


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path), "DATABASE_URL": "", "PORT": "", "SITE_URL": ""}
    complete(environment, starting=True)
    assert [server.name for server in embedded_servers(environment)] == ["postgres", "valkey"]
    assert environment["SITE_URL"] == "http://localhost:8000"


def test_a_bad_port_is_refused() -> None:
    with pytest.raises(CannotStart, match="PORT is 'abc'"):
        address({"PORT": "abc"})


@pytest.mark.parametrize(("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("127.0.0.1", "127.0.0.1")])
def test_one_listens_on_all_addresses_but_connects_to_one(host: str, reached: str) -> None:
    assert Address(host, 8000).reachable == (reached, 8000)
