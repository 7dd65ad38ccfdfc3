"""`deploy/upgrade` on a site that people use meanwhile."""

import os
import re
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
from collab.upgrade import programs
from collab.upgrade.errors import Stop
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
    """Nodes, a worker and the clock of the first release, by way of the link."""
    link = site.folder / "current"
    link.symlink_to(release(site.folder, "one"))
    supervisor = Path(__file__).with_name("supervisor.py")
    command = [sys.executable, str(supervisor), str(link), str(site.folder), *map(str, site.ports), "worker", "beat"]
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


def running(site: HostedSite, name: str | int) -> Path:
    """The release that a node, the worker or the clock runs."""
    return Path(psutil.Process(int((site.folder / f"{name}.pid").read_text())).cwd())


def restart(site: HostedSite, name: str) -> str:
    """A command that is back once the old process is gone, as systemd's is."""
    return f"env PYTHONPATH={PROJECT} {sys.executable} -m tests.deploy.restart {site.folder} {name}"


def impatient(made: Path, seconds: int) -> None:
    """Have a release wait less long for what will not come."""
    file = made / "collab" / "upgrade" / "programs.py"
    file.write_text(file.read_text().replace("BACK_WITHIN = 60, 60", f"BACK_WITHIN = 60, {seconds}"))


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
        both = {"--restart-worker": restart(site, "worker"), "--restart-beat": restart(site, "beat")}
        done = upgrade(site, new, **both)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_nobody_noticed(traffic)
    assert traffic.closes, "no socket was on a node that went"
    assert (site.folder / "current").resolve() == new
    assert [running(site, name) for name in ("worker", *map(str, site.ports), "beat")] == [new] * 4
    assert "The worker was replaced" in done.stdout
    assert "The clock was replaced" in done.stdout
    assert [(site.folder / f"{port}.pid").read_text() for port in site.ports] != before
    # What pages of before ask for is still there, besides what is new.
    after = {path.name for path in (site.var / "static").rglob("*.css")}
    assert hashed < after
    assert old.exists()


@pytest.mark.lab
def test_a_release_that_does_not_start_stops_at_the_first_node(site: HostedSite) -> None:
    old = (site.folder / "current").resolve()
    broken = release(site.folder, "broken")
    (broken / "collab" / "asgi.py").write_text("raise RuntimeError('this release is broken')\n")
    impatient(broken, 5)
    second = (site.folder / f"{site.ports[1]}.pid").read_text()
    with Traffic(site) as traffic:
        await_it(lambda: bool(traffic.broken) or len(traffic.acknowledged) > 5, "nobody writes")
        done = upgrade(site, broken, **{"--restart": restart(site, "{}")})
    assert done.returncode == 1
    assert f"the node on port {site.ports[0]} is not ready after 5 s" in done.stdout
    assert f"{old}/deploy/upgrade" in done.stdout
    assert_nobody_noticed(traffic)
    assert (site.folder / f"{site.ports[1]}.pid").read_text() == second
    assert (site.folder / "current").resolve() == old
    assert f"Now the node on port {site.ports[0]} runs {old}" in done.stdout
    assert site.is_ready(site.ports[0])
    assert running(site, site.ports[0]) == old


NEVER_READY = ("collab/health.py", '"staying": not is_leaving()', '"staying": False', "is not ready after")
NO_PAGE = ("templates/account/login.html", "{% extends", "{% load nothing %}{% extends", "is ready, but no page")


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [pytest.param(*NEVER_READY, id="never-ready"), pytest.param(*NO_PAGE, id="no-page", marks=pytest.mark.lab)],
)
def test_a_node_that_starts_and_is_not_well_runs_the_old_release_again(
    site: HostedSite, file: str, was: str, becomes: str, said: str
) -> None:
    old = (site.folder / "current").resolve()
    broken = release(site.folder, Path(file).stem)
    text = (broken / file).read_text()
    assert was in text
    (broken / file).write_text(text.replace(was, becomes))
    impatient(broken, 4)
    done = upgrade(site, broken, **{"--restart": restart(site, "{}")})
    assert done.returncode == 1
    assert said in done.stdout
    assert f"Now the node on port {site.ports[0]} runs {old}" in done.stdout
    assert (site.folder / "current").resolve() == old
    assert site.ask_node(site.ports[0], "/account/login/").status == 200
    assert [running(site, port) for port in site.ports] == [old, old]
    # The way back, and the next try, are open.
    again = upgrade(site, old, "--check")
    assert again.returncode == 0, again.stdout


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
        ({"--restart": "false"}, "Once that is mended: false"),
        ({"--restart": "no-such-command"}, "could not be run"),
        ({"--restart-beat": 'sh -c "kill -STOP $(cat {folder}/beat.pid)"'}, "the clock does not run"),
    ],
)
@pytest.mark.lab
def test_what_is_in_the_way_is_said(site: HostedSite, instead: dict[str, str], said: str) -> None:
    old = (site.folder / "current").resolve()
    given = {name: value.format(folder=site.folder) for name, value in instead.items()}
    new = release(site.folder, "-".join(re.findall(r"\w+", said)))
    if "--restart-beat" in given:
        impatient(new, 6)
    try:
        done = upgrade(site, new, **given)
    finally:
        psutil.Process(int((site.folder / "beat.pid").read_text())).resume()
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert said in done.stdout
    assert (site.folder / "current").resolve() == old


@pytest.mark.lab
def test_a_command_that_restarts_nothing_is_found_out(site: HostedSite) -> None:
    new = release(site.folder, "four")
    quick = new / "collab" / "upgrade" / "programs.py"
    quick.write_text(quick.read_text().replace("WITHIN, BACK_WITHIN = 60,", "WITHIN, BACK_WITHIN = 2,"))
    done = upgrade(site, new, **{"--restart": "true"})
    assert done.returncode == 1
    assert "“true” did not restart it" in done.stdout


def test_another_machines_worker_does_not_answer_for_this_ones(
    site: HostedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    celery = [sys.executable, "-m", "celery", "--quiet", "--app=collab.celery"]
    elsewhere = site.start("elsewhere", [*celery, "worker", "--pool=solo", "--hostname=celery@elsewhere"])
    ping = [*celery, "inspect", "ping", "--timeout=2", "--destination=celery@elsewhere"]

    def it_answers() -> bool:
        return not subprocess.run(ping, cwd=PROJECT, env=site.environment, check=False).returncode

    await_it(it_answers, "the other worker does not answer")
    monkeypatch.setattr(programs, "BACK_WITHIN", 0)
    here = psutil.Process(int((site.folder / "worker.pid").read_text()))
    try:
        with pytest.raises(Stop, match="no worker answers on this machine"):
            programs.Worker(f"kill -STOP {here.pid}").replace(site.environment)
    finally:
        here.resume()
        elsewhere.terminate()
        elsewhere.wait()
