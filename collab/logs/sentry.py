"""Errors for Sentry, where SENTRY_DSN says so: what stands in the log at ERROR, as it stands there, and no more."""

import logging
from typing import Any

from collab.logs.errors import describe, error_of, story
from collab.logs.redaction import redact

#: The client, once it is started.
_client: Any = None


def start(dsn: str, *, release: str = "") -> None:
    """Report from now on."""
    global _client  # noqa: PLW0603 — a process reports to one place.
    # Only where it is asked for: it is no part of what the site needs.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn,
        release=release or None,
        # Its own integrations take bodies, headers, variables and log lines with them.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=_cleaned,
    )
    _client = sentry_sdk


def report(_logger: object, _method: str, event: Any) -> Any:
    """Stands among structlog's processors: hand on what is an error, and leave it as it is."""
    if _client is not None and event["_record"].levelno >= logging.ERROR:
        _client.capture_event(_told(event))
    return event


def _told(event: dict[str, Any]) -> dict[str, Any]:
    fields = {key: value for key, value in event.items() if not key.startswith("_") and key != "exc_info"}
    told: dict[str, Any] = {"message": fields.pop("event"), "level": fields["level"], "extra": fields}
    told["tags"] = {key: str(fields[key]) for key in ("request", "node", "task") if key in fields}
    if (error := error_of(event.get("exc_info"))) is not None:
        told["exception"] = {"values": [_value(error)]}
        told["extra"]["story"] = story(error)
    return told


def _value(error: BaseException) -> dict[str, Any]:
    """Kind and place; Sentry groups by these."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append({"filename": code.co_filename, "function": code.co_qualname, "lineno": trace.tb_lineno})
        trace = trace.tb_next
    return {
        "type": type(error).__qualname__,
        "value": describe(error),
        "stacktrace": {"frames": frames},
    }


def _cleaned(event: Any, _hint: object) -> Any:
    """The same net as under the log, whatever put the event together."""
    for part in ("request", "user", "breadcrumbs", "logentry", "modules"):
        event.pop(part, None)
    event["extra"] = dict(redact(None, "", dict(event.get("extra") or {})))
    return event
