"""Static files: whether they were collected from this code, and reach browsers as they are here."""

import http.client
import json
from pathlib import Path
from typing import cast

from django.apps import apps
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.apps import StaticFilesConfig

from collab.doctor import answers, pages
from collab.doctor.finding import ANEW, Finding, Unknown, fine, in_server, shell, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.embedded.outside import first_line

subject = Subject("Files")

#: Where the files are that every page has.
SAMPLE = "css/"


@pages.subject.check("static-served")
def static_served(site: Site) -> Finding:
    """Browsers get the files that pages name, as they are here."""
    pages.passed_on_well(site)
    name, path = _sample(site)
    try:
        answer = answers.get(f"{site.settings.SITE_URL}/static/{name}")
    except (OSError, http.client.HTTPException) as error:
        return wrong(f"/static/{name} does not come: {first_line(error)}.")
    if answer.status == 200 and answer.body == path.read_bytes():
        return fine(f"/static/{name}")
    how = "differs from the one here" if answer.status == 200 else f"is answered with {answer.status}"
    return wrong(
        f"/static/{name} {how}: pages look broken. The proxy takes it from elsewhere, or the nodes were started before "
        "collectstatic.",
        in_server(f"location ^~ /static/ {{ alias {site.settings.STATIC_ROOT}/; }}"),
        shell(*ANEW),
    )


def _sample(site: Site) -> tuple[str, Path]:
    """A file with a hash in its name, and where it lies here. Raises Unknown."""
    names = [hashed for name, hashed in manifest(site).items() if name.startswith(SAMPLE) and name.endswith(".css")]
    if not names:
        raise Unknown("no files were collected; see the check static")
    path = site.settings.STATIC_ROOT / names[0]
    if not path.exists():
        raise Unknown("a collected file is missing; see the check static")
    return names[0], path


def manifest(site: Site) -> dict[str, str]:
    """By name, the names with hashes; empty where nothing was collected."""
    try:
        return cast(
            "dict[str, str]", json.loads((site.settings.STATIC_ROOT / "staticfiles.json").read_bytes())["paths"]
        )
    except (OSError, ValueError, KeyError):
        return {}


@subject.check("static")
def static(site: Site) -> Finding:
    """The static files were collected from this code."""
    collected = manifest(site)
    if not collected:
        if site.starts_later and site.embeds("postgres"):
            raise Unknown("they are collected when the site starts")
        return wrong(
            "The static files were not collected: every page is an error.", site.manage("collectstatic --no-input")
        )
    other = _not_as_here(site, collected)
    if not other:
        return fine(f"{len(collected)} files")
    return wrong(
        f"{len(other)} of the collected files are not those of this code, such as {other[0]}: pages look or work "
        "wrongly. Start the nodes anew afterwards.",
        # What is newer than its source would be passed over. Nothing is deleted: pages that are open ask for what was.
        shell(
            f"find {site.settings.STATIC_ROOT} -type f -exec touch -d @0 {{}} +",
            site.command("collectstatic --no-input"),
        ),
    )


def _not_as_here(site: Site, collected: dict[str, str]) -> list[str]:
    ignored = cast("StaticFilesConfig", apps.get_app_config("staticfiles")).ignore_patterns
    here: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(ignored):
            # As collectstatic does it, the first of a name wins.
            here.setdefault(name, Path(storage.path(name)))
    root = site.settings.STATIC_ROOT
    return [name for name, path in here.items() if name not in collected or not _same(path, root / name)]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()
