"""Addresses that whoever hosts the site gives in the environment: what is none is refused with one that would do."""

import re
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from marshmallow import ValidationError

from collab.live import redis_address

#: By scheme: what a browser leaves out of an origin.
USUAL_PORTS = {"http": 80, "https": 443}
#: A name, or an address of IPv4 or IPv6.
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")


def check_origin(address: str) -> None:
    """An address of the site itself: scheme, host and perhaps a port."""
    try:
        normal_origin(address)
    except ValueError as error:
        raise ValidationError(
            f"“{address}” is not how a browser names a site; say it such as https://chat.example.org "
            "or http://chat.lan:8000, with nothing after it"
        ) from error


def check_origin_or_none(address: str) -> None:
    """Another address of the site, or nothing."""
    if address:
        check_origin(address)


def check_origins(addresses: list[str]) -> None:
    """Several of them."""
    for address in addresses:
        check_origin(address)


def normal_origin(address: str) -> str:
    """The origin as browsers send it: in lower case, without the port that its scheme has anyway.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(address.lower())
    host = (parts.hostname or "").encode("idna").decode()
    is_bare = parts.scheme in USUAL_PORTS and address.lower() == f"{parts.scheme}://{parts.netloc}"
    if not is_bare or "@" in parts.netloc or not HOST.fullmatch(host):
        raise ValueError(address)
    port = "" if parts.port in {None, USUAL_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{_in_brackets(host)}{port}"


def host_of(origin: str) -> str:
    """The host of a normal origin as browsers send it, without the port."""
    return _in_brackets(urlsplit(origin).hostname or "")


def _in_brackets(host: str) -> str:
    """An address of IPv6 as it stands before a port; anything else as it is."""
    return f"[{host}]" if ":" in host else host


def check_database(address: str) -> None:
    """PostgreSQL's."""
    try:
        engine = dj_database_url.parse(address).get("ENGINE")
    except ValueError:
        engine = None
    if engine != "django.db.backends.postgresql":
        raise ValidationError("say an address such as postgres://user:password@host/name")


def check_redis(address: str) -> None:
    """Redis' or Valkey's, or that of the Sentinels which know it."""
    try:
        redis_address.service_at(address)
    except ValueError as error:
        raise ValidationError(
            "say an address such as redis://localhost:6379/0; "
            "of Sentinels, such as redis+sentinel://one:26379,two:26379,three:26379/mymaster/0"
        ) from error


def check_backup_key(key: str) -> None:
    """A key of the age format, for backups; what else is wrong with it is said when it is used."""
    if key and not key.startswith(("age1", "AGE-SECRET-KEY-1")):
        raise ValidationError("say a recipient (age1…), or name a file of keys by BACKUP_KEY_FILE")


def check_mail(address: str) -> None:
    """A mail server's; or what stands for one, such as `console:`."""
    try:
        known = "EMAIL_BACKEND" in dj_email_url.parse(address)
    except ValueError:
        known = False
    if not known:
        raise ValidationError("say an address such as submission://user:password@mail.example.org:587, or console:")
