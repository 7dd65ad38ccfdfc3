"""All checks of a site, side by side, each bounded in time; one that breaks stops no other."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collab.doctor import (
    celery_parts,
    certificate,
    clocks,
    folders,
    forwarded,
    machine,
    mail,
    migrations,
    pages,
    postgres,
    public,
    redis_server,
    sentinels,
    sockets,
    static_files,
    tuning,
    variables,
)
from collab.doctor.finding import Finding, Level, Unknown, to_do
from collab.doctor.registry import Check
from collab.doctor.site import Site
from collab.embedded.outside import first_line

#: Those that add their checks to a subject of another file.
_BESIDES = (certificate, folders, migrations, sentinels, sockets, tuning)
SUBJECTS = (
    variables.subject,
    postgres.subject,
    redis_server.subject,
    public.subject,
    forwarded.subject,
    pages.subject,
    static_files.subject,
    mail.subject,
    celery_parts.subject,
    clocks.subject,
    machine.subject,
)
CHECKS: Mapping[str, Check] = {check.name: check for subject in SUBJECTS for check in subject.checks}

#: Seconds that all checks together have: one waits for a handful of answers, each within three.
WITHIN = 12.0


@dataclass(frozen=True)
class Result:
    """A check, and what it found."""

    check: Check
    finding: Finding


def examine(site: Site, checks: Sequence[Check], within: float = WITHIN) -> list[Result]:
    """Make the checks; their results in the same order."""
    found: dict[str, Finding] = {}

    def look(check: Check) -> None:
        found[check.name] = made(check, site)

    # Not a pool's threads: one that hangs for ever must not keep the command from ending.
    threads = [threading.Thread(target=look, args=[check], daemon=True, name=check.name) for check in checks]
    end = time.monotonic() + within
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = to_do(f"It took longer than {within:.0f} s, so nobody knows. Try it alone, with --only.")
    results = [Result(check, found.get(check.name, late)) for check in checks]
    site.close()
    return results


def made(check: Check, site: Site) -> Finding:
    """What a check finds, whatever happens in it."""
    if check.asks_nodes and site.starts_later:
        return Finding(Level.UNKNOWN, "the site does not run yet")
    try:
        return check.look(site)
    except Unknown as reason:
        return Finding(Level.UNKNOWN, str(reason))
    except Exception as error:  # noqa: BLE001 — whatever it is, the others go on and this one is told.
        return to_do(f"The check itself broke, so nobody knows: {type(error).__name__}: {first_line(error)}")
