"""Whether the database's tables are those of this code, and how far its outgoing mail has got."""

from django.db import ProgrammingError
from django.db.migrations.loader import MigrationLoader

from collab.doctor.finding import Finding, Unknown, fine, to_do, wrong
from collab.doctor.postgres import Row, ask, subject
from collab.doctor.site import Site

#: Minutes that a mail may be overdue before something must be amiss.
OVERDUE = 10


@subject.check("migrations")
def migrations(site: Site) -> Finding:
    """The database's tables are those of this code."""
    known = MigrationLoader(None).disk_migrations.keys()
    try:
        applied = {(app, name) for app, name in ask(site, "SELECT app, name FROM django_migrations")}
    except ProgrammingError:
        applied = set()
    ours = {app for app, _ in known}
    missing = sorted(".".join(key) for key in known - applied)
    newer = sorted(".".join(key) for key in applied - known if key[0] in ours)
    return judge_migrations(site, missing, newer)


def judge_migrations(site: Site, missing: list[str], newer: list[str]) -> Finding:
    """By the names of those that are not applied, and of those applied that this code has not."""
    if missing and site.starts_later and site.embeds("postgres"):
        raise Unknown("they are applied when the site starts")
    if missing:
        return wrong(
            f"The database lacks {len(missing)} migrations of this code, from {missing[0]} on: pages break.",
            site.manage("migrate"),
        )
    if newer:
        return to_do(
            f"The database was changed by newer code ({', '.join(newer)}), as it is in the middle of an upgrade. "
            "Otherwise go on to the code that changed it, by deploy/upgrade of that release.",
        )
    return fine("all applied")


@subject.check("deliveries")
def deliveries(site: Site) -> Finding:
    """Mails go out when they are due."""
    try:
        [row] = ask(
            site,
            "SELECT count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state IN ('waiting', 'retrying') "
            "AND due_at < now() - make_interval(mins => %s)) FROM rooms_delivery",
            [OVERDUE],
        )
    except ProgrammingError as error:
        raise Unknown("there are no tables yet; see the check migrations") from error
    return judge_deliveries(site, row)


def judge_deliveries(site: Site, counts: Row) -> Finding:
    """By how many were given up, and how many are overdue."""
    dead, overdue = counts
    if overdue:
        return to_do(
            f"{overdue} mails are more than {OVERDUE} minutes overdue. See the checks worker and beat, or run more "
            "workers.",
            site.keep_running("worker"),
        )
    if dead:
        return to_do(
            f"{dead} mails were given up after a day of tries. {site.settings.SITE_URL}/admin/rooms/delivery/ says "
            "why, and sends them again."
        )
    return fine("none is overdue or given up")
