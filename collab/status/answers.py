"""The report as JSON: the shape of /status.json, which programs may rely on."""

from datetime import datetime
from typing import Any

from . import rules
from .incidents import Incident
from .report import Report, Span
from .tally import Tally

VERSION = 1


def as_json(said: Report) -> dict[str, Any]:
    """Fields may be added within a version; none changes its meaning or goes."""
    return {
        "version": VERSION,
        "at": _moment(said.at),
        "state": said.state.word,
        "headline": said.headline,
        "since": _moment(said.since),
        "is_fresh": said.is_fresh,
        "now": {"minutes": rules.LATELY.seconds // 60, **_sums(said.lately)},
        "day": {**_span(said.day), "slots": [_span(each) for each in said.slots]},
        "month": {**_span(said.month), "days": [_span(each) for each in said.days]},
        "incidents": [_incident(each) for each in said.incidents],
        "rules": {"in_time_s": rules.IN_TIME, "slow_ms": rules.SLOW, "lost_after_s": rules.LOST_AFTER},
    }


def _sums(tally: Tally) -> dict[str, Any]:
    return {
        "beats": tally.beats,
        "accepted": tally.accepted,
        "delivered": tally.delivered,
        "unavailable": tally.unavailable,
        "lost": tally.lost,
        "availability": tally.availability,
        "p50_ms": tally.median,
        "p99_ms": tally.p99,
        "longest_ms": tally.longest if tally.delivered else None,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "from": _moment(span.start),
        "state": span.state.word,
        "measured": round(span.measured, 4),
        **_sums(span.tally),
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "from": _moment(incident.start),
        "to": _moment(incident.end) if incident.is_over else None,
        "state": incident.worst.word,
        "what": incident.what,
        "unavailable": incident.tally.unavailable,
        "lost": incident.tally.lost,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
