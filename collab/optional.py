"""Sentry, OpenTelemetry, S3: packages that a host adds, asked for at the start where a variable needs them."""

import importlib.util
from urllib.parse import urlsplit

from django.conf import settings
from marshmallow import ValidationError

from collab.logs import sentry, tracing

#: What speaks with S3, as it was tried.
OBSTORE = "obstore==0.12.1"


def check_sentry(dsn: str) -> None:
    """An address that Sentry gave, and its package."""
    if not dsn:
        return
    _need("sentry_sdk", "sentry-sdk")
    # Only where it is set: the package takes a third of a second to load.
    from sentry_sdk.utils import BadDsn, Dsn  # noqa: PLC0415

    try:
        Dsn(dsn)
    except BadDsn as error:
        raise ValidationError("say the DSN that Sentry shows, such as https://key@sentry.example.org/1") from error


def check_otel(endpoint: str) -> None:
    """Where a collector takes OTLP over HTTP, and the packages."""
    if not endpoint:
        return
    _need("opentelemetry.exporter.otlp.proto.http", "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http")
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValidationError("say an address such as http://localhost:4318")


def check_backup_to(place: str) -> None:
    """A folder, which is looked at when a backup is made; or a bucket, and its package."""
    if place.startswith("s3://"):
        _need("obstore", OBSTORE)


def start_reports() -> None:
    """Report errors, where the settings say to whom."""
    if settings.SENTRY_DSN:
        sentry.start(settings.SENTRY_DSN)


def start_traces() -> None:
    """Send spans, where the settings say to whom."""
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        tracing.start(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


def _need(module: str, packages: str) -> None:
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise ValidationError(f"a package for it is not installed: .venv/bin/pip install {packages}")
