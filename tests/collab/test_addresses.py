import pytest
from django.http.request import split_domain_port
from marshmallow import ValidationError

from collab.addresses import (
    check_database,
    check_mail,
    check_origin,
    check_origins,
    check_redis,
    host_of,
    normal_origin,
)


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("https://chat.example.org", "https://chat.example.org"),
        ("https://Chat.Example.ORG:443", "https://chat.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("HTTP://localhost:8000", "http://localhost:8000"),
        ("https://chat.lan:80", "https://chat.lan:80"),
        ("http://192.168.1.7:8000", "http://192.168.1.7:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://büro.example", "https://xn--bro-hoa.example"),
    ],
)
def test_an_origin_is_named_as_browsers_name_it(said: str, origin: str) -> None:
    check_origin(said)
    assert normal_origin(said) == origin


@pytest.mark.parametrize("authority", ["chat.lan", "chat.lan:8000", "192.168.1.7", "[::1]", "[::1]:8000"])
def test_the_host_of_an_origin_is_what_requests_are_compared_with(authority: str) -> None:
    host, _ = split_domain_port(authority)
    assert host_of(f"http://{authority}") == host


@pytest.mark.parametrize(
    "said",
    [
        "chat.lan",
        "http://a.example/",
        "https://chat.example.org?x",
        "https://chat.example.org?",
        "https://chat.example.org#x",
        "https://ada@chat.example.org",
        "ftp://chat.example.org",
        "https://",
        "https://:8000",
        "https://chat.example.org:bad",
        "https://chat.example.org:99999",
        "https://chat example.org",
        " https://chat.example.org",
        "https://*.example.org",
        "https://a..b",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_origin_is_refused_with_one_that_is(said: str) -> None:
    with pytest.raises(ValidationError, match=r"https://chat\.example\.org"):
        check_origin(said)
    with pytest.raises(ValidationError):
        check_origins(["https://chat.example.org", said])


@pytest.mark.parametrize("said", ["redis://x:bad/0", "http://localhost", "localhost:6379", "redis://x:99999", ""])
def test_what_is_no_redis_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="redis://localhost:6379/0"):
        check_redis(said)


@pytest.mark.parametrize("said", ["redis://x", "rediss://:secret@x:6380/1", "unix:///run/redis.sock?db=0"])
def test_a_redis_is_taken(said: str) -> None:
    check_redis(said)


@pytest.mark.parametrize("said", ["nonsense", "smtp+tls://user@host:587", "http://host", "smtp://host:bad", ""])
def test_what_sends_no_mail_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="submission://user:password@"):
        check_mail(said)


@pytest.mark.parametrize("said", ["console:", "memory:", "smtp://host", "submission://user:p%40ss@host:587"])
def test_what_sends_mail_is_taken(said: str) -> None:
    check_mail(said)


@pytest.mark.parametrize("said", ["mysql://root@localhost/chat", "postgres://host:bad/chat", "nonsense", ""])
def test_what_is_no_postgresql_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="postgres://user:password@host/name"):
        check_database(said)


@pytest.mark.parametrize("said", ["postgres://ada:secret@host/chat", "postgresql://ada@%2Fvar%2Frun/chat"])
def test_a_postgresql_is_taken(said: str) -> None:
    check_database(said)
