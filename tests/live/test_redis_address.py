"""The address of Sentinels: what it says, what is refused, and a real fail-over found by all who ask Redis."""

import pytest

from collab.live import redis_address
from collab.live.redis_address import Service, service_at

THREE = "redis+sentinel://one:26379,two:26380,[::1]/mymaster"


def test_an_address_names_sentinels_service_and_database() -> None:
    assert service_at(f"{THREE}/3") == Service(
        "mymaster", (("one", 26379), ("two", 26380), ("::1", 26379)), {"db": 3}, {}
    )
    assert service_at("redis+sentinel://one/mymaster") == Service("mymaster", (("one", 26379),), {"db": 0}, {})


def test_the_master_and_the_sentinels_each_have_a_password_of_their_own() -> None:
    service = service_at("redis+sentinel://ada:p%40ss%2F@one/mymaster?sentinel_password=s%26cret")
    assert service is not None
    assert service.access == {"db": 0, "username": "ada", "password": "p@ss/"}
    assert service.sentinel_access == {"password": "s&cret"}


def test_one_server_is_no_service() -> None:
    assert service_at("redis://localhost:6379/0") is None
    assert service_at("unix:///run/redis.sock") is None


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://",
        "redis+sentinel://one:26379",
        "redis+sentinel://one:26379/",
        "redis+sentinel://one:0/mymaster",
        "redis+sentinel://one:99999/mymaster",
        "redis+sentinel://one:bad/mymaster",
        "redis+sentinel://one,,two/mymaster",
        "redis+sentinel://one,/mymaster",
        "redis+sentinel://::1/mymaster",
        "redis+sentinel://one/mymaster/last",
        "redis+sentinel://secret@one/mymaster",
        "redis+sentinel://one/mymaster?ssl=true",
        "redis+sentinel://one/mymaster?sentinel_password",
        "rediss+sentinel://one/mymaster",
        "sentinel://one/mymaster",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — the text is that of the settings.
        service_at(url)


def test_celery_is_given_each_sentinel_with_the_access_of_the_master() -> None:
    url, options = redis_address.broker("redis+sentinel://ada:p%40ss@one,[::1]:5/mymaster/2")
    assert url == "sentinel://ada:p%40ss@one:26379/2;sentinel://ada:p%40ss@[::1]:5/2"
    assert options["master_name"] == "mymaster"
    assert redis_address.broker("unix:///run/redis.sock") == ("redis+socket:///run/redis.sock", {})


def test_the_layer_is_given_the_service_or_the_address_as_it_is() -> None:
    host = redis_address.layer_host("redis+sentinel://:s%20cret@one/mymaster/2")
    assert isinstance(host, dict)
    assert host["master_name"] == "mymaster"
    assert host["sentinels"] == [("one", 26379)]
    assert (host["db"], host["password"]) == (2, "s cret")
    assert redis_address.layer_host("redis://localhost") == "redis://localhost"
