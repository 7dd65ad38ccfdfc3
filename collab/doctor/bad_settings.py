"""Settings that cannot be used, as findings: the doctor goes on with something harmless in their place.

Any other command ends at the first of them.
"""

import importlib
import re
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from collab.embedded.environment import complete
from collab.embedded.errors import CannotStart

#: What stands in for variables without a default; all others are left out. Nobody listens at these addresses.
STAND_INS = {
    "DATABASE_URL": "postgres://nobody@%2Fnowhere/nothing",
    "REDIS_URL": "redis://localhost:1/0",
}
#: What would do, where it cannot be made from what was said.
EXAMPLES = {
    "SITE_URL": "SITE_URL=https://chat.example.org",
    "EXTRA_ORIGINS": "EXTRA_ORIGINS=",
    "DATABASE_URL": "DATABASE_URL=postgres://user:password@host/name",
    "REDIS_URL": "REDIS_URL=redis://localhost:6379/0",
    "EMAIL_URL": "EMAIL_URL=submission://user:password@mail.example.org:587",
    "DATABASE_POOL_SIZE": "DATABASE_POOL_SIZE=20",
    "LIVE_DATABASE_THREADS": "LIVE_DATABASE_THREADS=4",
    "EMAIL_VERIFICATION": "EMAIL_VERIFICATION=optional",
    "MAIL_AFTER_SECONDS": "MAIL_AFTER_SECONDS=300",
    "TRUSTED_PROXIES": "TRUSTED_PROXIES=1",
    "SIGNUP_OPEN": "SIGNUP_OPEN=true",
    "METRICS": "METRICS=true",
    "METRICS_TOKEN": "METRICS_TOKEN=",
    "TRACE_KEPT_HOURS": "TRACE_KEPT_HOURS=24",
    "EVENTS_KEPT": "EVENTS_KEPT=10000",
    "EVENTS_KEPT_DAYS": "EVENTS_KEPT_DAYS=90",
    "BACKUP_TO": "BACKUP_TO=/var/backups/collab",
    "BACKUP_KEY": "BACKUP_KEY=",
    "BACKUP_KEEP": "BACKUP_KEEP=7",
    "CANARY_SECONDS": "CANARY_SECONDS=5",
    "CANARY_URL": "CANARY_URL=",
    "LOG_FORMAT": "LOG_FORMAT=auto",
    "SENTRY_DSN": "SENTRY_DSN=",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "OTEL_EXPORTER_OTLP_ENDPOINT=",
    "LOG_LEVEL": "LOG_LEVEL=INFO",
    "DEBUG": "DEBUG=false",
    "PORT": "PORT=8000",
}
MISSING = "it is not set"
NEW_KEY = """python3 -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(48))'"""


@dataclass(frozen=True)
class BadSetting:
    """A variable, what is wrong with it, and a line that would do; empty where only its host can say."""

    name: str
    says: str
    instead: str = ""


#: Those of this process.
found: list[BadSetting] = []


def settle(environ: MutableMapping[str, str]) -> None:
    """Load the settings, whatever the environment says; what could not be used is in `found` afterwards."""
    _complete(environ)
    for _ in range(2):
        try:
            importlib.import_module("collab.settings")
        except SystemExit as refused:
            _set_aside(environ, getattr(refused.__context__, "error_messages", None) or {"settings": [str(refused)]})
        else:
            return


def _complete(environ: MutableMapping[str, str]) -> None:
    """As for any other command; a bad port is set aside."""
    try:
        complete(environ, starting=False)
    except CannotStart as error:
        name = "PORT" if "PORT" in str(error) else "VAR_DIR"
        found.append(BadSetting(name, str(error).removeprefix("bad setting. "), EXAMPLES.get(name, "")))
        environ.pop("PORT", None)


def _set_aside(environ: MutableMapping[str, str], messages: Mapping[str, list[str]]) -> None:
    for name, said in messages.items():
        is_missing = name not in environ
        what = MISSING if is_missing else " ".join(said)
        found.append(BadSetting(name, what, instead(name, environ.get(name, ""))))
        environ.pop(name, None)
    environ.update({name: value for name, value in STAND_INS.items() if name in messages})
    if "SECRET_KEY" in messages:
        environ["SECRET_KEY"] = secrets.token_urlsafe(48)


def instead(name: str, said: str) -> str:
    """A line for a variable that would do, as near to what was said as can be."""
    origins = [_origin(word) for word in re.split(r"[\s,;]+", said) if word]
    if name in {"SITE_URL", "EXTRA_ORIGINS"} and origins and all(origins):
        return f"{name}={','.join(origins)}"
    return EXAMPLES.get(name, "")


def _origin(word: str) -> str:
    """What of a word may be the address of a site; empty where nothing."""
    try:
        parts = urlsplit(word if "://" in word else f"http://{word}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host):
        return ""
    return f"{parts.scheme}://{host}{port}"
