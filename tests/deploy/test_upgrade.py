"""`deploy/upgrade` on a site that people use meanwhile."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from collab.embedded.environment import PROJECT
from collab.live.errors import Close
from tests.deploy.hosted import HostedSite, await_it, hosted_site
from tests.deploy.traffic import Traffic

PARTS = ("accounts", "collab", "deploy", "rooms", "static", "templates")
SETTINGS = ("SITE_URL", "VAR_DIR", "SECRET_KEY", "DATABASE_URL", "REDIS_URL")


def release(folder: Path, name: str) -> Path:
    """A folder with the project as a release has it."""
    made = folder / "releases" / name
    for part in PARTS:
        shutil.copytree(PROJECT / part, made / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("manage.py", "requirements.txt"):
        shutil.copy(PROJECT / file, made)
    (made / ".venv").symlink_to(Path(sys.prefix).resolve())
    return made


def supervised(site: HostedSite) -> None:
    """Nodes of the first release, by way of the link."""
    link = site.folder / "current"
    link.symlink_to(release(site.folder, "one"))
    supervisor = Path(__file__).with_name("supervisor.py")
    command = [sys.executable, str(supervisor), str(link), str(site.folder), *map(str, site.ports)]
    site.nodes[0] = site.start("supervisor", command)
    for port in site.ports:
        await_it(lambda port=port: site.is_ready(port), f"node {port} is not ready")  # type: ignore[misc]
    lines = [
        f"{name}={site.environment[name]}"
        for name in ("SITE_URL", "VAR_DIR", "SECRET_KEY", "DATABASE_URL", "REDIS_URL")
    ]
    (site.folder / "env").write_text("# The site's\n" + "\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def site() -> Iterator[HostedSite]:
    with tempfile.TemporaryDirectory(prefix="collab-upgrade-") as folder, hosted_site(Path(folder), supervised) as site:
        yield site


def upgrade(site: HostedSite, new: Path, *options: str, **instead: str) -> "subprocess.CompletedProcess[str]":
    restart = f'sh -c "kill -TERM $(cat {site.folder}/{{}}.pid)"'
    said = {
        "--env": str(site.folder / "env"),
        "--restart": restart,
        "--restart-worker": "",
        "--restart-beat": "",
        **instead,
    }
    pairs = [part for pair in said.items() for part in pair]
    nodes = ["--nodes", *map(str, site.ports)]
    command = [sys.executable, str(new / "deploy" / "upgrade"), *pairs, *options, *nodes]
    environment = {name: value for name, value in os.environ.items() if name not in site.environment or name == "PATH"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def running(site: HostedSite, port: int) -> Path:
    """The release that a node runs."""
    return Path(psutil.Process(int((site.folder / f"{port}.pid").read_text())).cwd())


def assert_nobody_noticed(traffic: Traffic) -> None:
    assert traffic.broken == []
    assert len(traffic.pages) > 20
    assert set(traffic.pages) == {200}
    assert set(traffic.forms) == {403}
    assert set(traffic.closes) <= {Close.GOING_AWAY}
    assert len(traffic.acknowledged) > 20
    assert traffic.acknowledged == sorted(set(traffic.acknowledged))
    first, last = traffic.heard[0], traffic.heard[-1]
    assert traffic.heard == list(range(first, last + 1)), "something was missed, doubled or out of order"
    assert first <= traffic.acknowledged[0]
    assert last >= traffic.acknowledged[-1]


def test_nobody_notices_an_upgrade(site: HostedSite) -> None:
    old = (site.folder / "current").resolve()
    new = release(site.folder, "two")
    (new / "static" / "new.css").write_text("/* new */")
    hashed = {path.name for path in (site.var / "static").rglob("*.css")}
    before = [(site.folder / f"{port}.pid").read_text() for port in site.ports]
    with Traffic(site) as traffic:
        await_it(lambda: bool(traffic.broken) or len(traffic.acknowledged) > 5, "nobody writes")
        done = upgrade(site, new)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_nobody_noticed(traffic)
    assert traffic.closes, "no socket was on a node that went"
    assert (site.folder / "current").resolve() == new
    assert [running(site, port) for port in site.ports] == [new, new]
    assert [(site.folder / f"{port}.pid").read_text() for port in site.ports] != before
    # What pages of before ask for is still there, besides what is new.
    after = {path.name for path in (site.var / "static").rglob("*.css")}
    assert hashed < after
    assert old.exists()


def test_a_release_that_does_not_start_stops_at_the_first_node(site: HostedSite) -> None:
    old = (site.folder / "current").resolve()
    broken = release(site.folder, "broken")
    (broken / "collab" / "asgi.py").write_text("raise RuntimeError('this release is broken')\n")
    quick = broken / "collab" / "upgrade" / "programs.py"
    quick.write_text(quick.read_text().replace("BACK_WITHIN = 60, 60", "BACK_WITHIN = 60, 5"))
    second = (site.folder / f"{site.ports[1]}.pid").read_text()
    with Traffic(site) as traffic:
        await_it(lambda: bool(traffic.broken) or len(traffic.acknowledged) > 5, "nobody writes")
        done = upgrade(site, broken)
    assert done.returncode == 1
    assert f"the node on port {site.ports[0]} is not ready after 5 s" in done.stdout
    assert f"{old}/deploy/upgrade" in done.stdout
    assert_nobody_noticed(traffic)
    assert (site.folder / f"{site.ports[1]}.pid").read_text() == second
    assert (site.folder / "current").resolve() == old
    # Whatever looks after the node starts it again, with the code that works.
    await_it(lambda: site.is_ready(site.ports[0]), "the first node did not come back")
    assert running(site, site.ports[0]) == old


def test_a_look_changes_nothing(site: HostedSite) -> None:
    old = (site.folder / "current").resolve()
    pids = [(site.folder / f"{port}.pid").read_text() for port in site.ports]
    done = upgrade(site, release(site.folder, "three"), "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"From {old} to {site.folder}/releases/three" in done.stdout
    assert "No planned migration operations" in done.stdout
    assert (site.folder / "current").resolve() == old
    assert [(site.folder / f"{port}.pid").read_text() for port in site.ports] == pids


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"--env": "/nowhere/env"}, "/nowhere/env cannot be read"),
        ({"--env": "/dev/null"}, "/dev/null does not say SITE_URL"),
        ({"--link": "{folder}/var"}, "is no link to a release"),
        ({"--restart": "false"}, "“false” failed"),
        ({"--restart": "no-such-command"}, "could not be run"),
        ({"--restart-worker": "true"}, "no worker answers"),
    ],
)
@pytest.mark.lab
def test_what_is_in_the_way_is_said(site: HostedSite, instead: dict[str, str], said: str) -> None:
    old = (site.folder / "current").resolve()
    given = {name: value.format(folder=site.folder) for name, value in instead.items()}
    new = site.folder / "releases" / "three"
    if "--restart-worker" in given:
        quick = new / "collab" / "upgrade" / "programs.py"
        quick.write_text(quick.read_text().replace("BACK_WITHIN = 60, 60", "BACK_WITHIN = 60, 1"))
    done = upgrade(site, new, **given)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert said in done.stdout
    assert (site.folder / "current").resolve() == old


@pytest.mark.lab
def test_a_command_that_restarts_nothing_is_found_out(site: HostedSite) -> None:
    new = site.folder / "releases" / "three"
    quick = new / "collab" / "upgrade" / "programs.py"
    quick.write_text(quick.read_text().replace("WITHIN, BACK_WITHIN = 60,", "WITHIN, BACK_WITHIN = 2,"))
    done = upgrade(site, new, **{"--restart": "true"})
    assert done.returncode == 1
    assert "“true” did not restart it" in done.stdout


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    command = [sys.executable, "deploy/upgrade", "--nodes", port]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{port!r} is no port" in done.stderr
