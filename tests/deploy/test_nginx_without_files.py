"""NGINX on a machine that has none of the site's files: the nodes send them, as "Several machines" has it."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from collab.embedded.environment import PROJECT
from tests.deploy.hosted import HostedSite, hosted_site, start_nodes

pytestmark = pytest.mark.lab

AVATAR = "a" * 22 + ".webp"


def without_files(configuration: str) -> str:
    """As the docs say: another location of /static/, none of /protected/."""
    documented = re.search(
        r"^ +location \^~ /static/ \{$.*?^ +\}$",
        (PROJECT / "docs" / "self-hosting.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert documented
    places = re.compile(r"^    location \^~ /(?:static|protected)/ \{$.*?^    \}$", re.MULTILINE | re.DOTALL)
    assert len(places.findall(configuration)) == 2
    return places.sub(documented[0], places.sub("", configuration, count=1))


def start(site: HostedSite) -> None:
    """The nodes, told that nobody sends pictures for them."""
    site.environment["ACCEL_REDIRECT"] = "false"
    start_nodes(site)


@pytest.fixture(scope="module")
def site() -> Iterator[HostedSite]:
    with (
        tempfile.TemporaryDirectory(prefix="collab-front-") as folder,
        hosted_site(Path(folder), start, without_files) as site,
    ):
        yield site


def test_static_files_come_from_the_nodes_to_be_kept_for_ever(site: HostedSite) -> None:
    found = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', site.ask("/account/login/").body.decode())
    assert found
    style = site.ask(found[1])
    assert (style.status, style.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["Content-Type"].startswith("text/css")


def test_pictures_come_from_the_nodes(site: HostedSite) -> None:
    picture = b"RIFF" + bytes(range(256)) * 8
    (site.var / "media" / "avatars").mkdir(parents=True)
    (site.var / "media" / "avatars" / AVATAR).write_bytes(picture)
    seen = site.ask(f"/media/avatars/{AVATAR}")
    assert (seen.status, seen.body) == (200, picture)
    assert seen.headers.get_all("Content-Security-Policy") == ["default-src 'none'"]
    assert site.ask(f"/protected/avatars/{AVATAR}").status == 404
