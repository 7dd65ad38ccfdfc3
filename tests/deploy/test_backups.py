"""Backups in containers: made, noticed and brought back by the commands, variables and volumes of their files."""

import json
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.backup import address
from rooms.actions.messages import post_message
from rooms.models import Room
from tests.collab.backup.test_backup import pictured
from tests.deploy.manifests import PROJECT, dockerfile, environment, run, words
from tests.deploy.mounts import Mount, mounted, of_container, of_service
from tests.deploy.test_containers import SITE
from tests.deploy.test_kubernetes import of
from tests.protocol.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)

#: Another process of the run has one of its own.
EMPTY = f"containers_elsewhere_{os.getpid()}"
DOCS = (PROJECT / "docs" / "self-hosting.md").read_text()


class Containers:
    """One way to run the site's commands: each with its volumes and variables, in a root of this test's own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.volumes = folder / "root", folder / "volumes"

    def said(self, part: str) -> tuple[list[str], dict[str, str], list[Mount]]:
        """Arguments, variables and mounts of a part."""
        raise NotImplementedError

    def run(self, part: str, database: str, command: Sequence[str] = ()) -> str:
        """Run its own command, or another one in its place; what it wrote."""
        arguments, variables, mounts = self.said(part)
        given = environment(database) | {name: value for name, value in variables.items() if "${" not in value}
        given["VAR_DIR"] = f"{self.root}{given.get('VAR_DIR', '/srv/collab/var')}"
        with mounted(mounts, self.volumes, self.root):
            done = run(command or arguments, given)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class Compose(Containers):
    node = "node1"

    def said(self, part: str) -> tuple[list[str], dict[str, str], list[Mount]]:
        return SITE[part]["command"], SITE[part]["environment"], of_service(SITE[part])


class Kubernetes(Containers):
    node = "node"

    def said(self, part: str) -> tuple[list[str], dict[str, str], list[Mount]]:
        spec = of({"node": "Deployment", "backup": "CronJob"}.get(part, "Job"), part)["spec"]
        pod = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]
        # Of a backup what makes it; after that another container tries it.
        [container] = pod["initContainers" if part == "backup" else "containers"]
        variables = {each["name"]: each["value"] for each in container.get("env", [])}
        return container["args"], of("ConfigMap", "collab")["data"] | variables, of_container(pod)


@pytest.fixture(params=[Compose, Kubernetes])
def containers(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Any:
    containers = request.param(tmp_path)
    settings.MEDIA_ROOT = containers.volumes / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    lay_out(containers.root)
    return containers


def lay_out(root: Path) -> None:
    """What the image has in the site's own folder."""
    [made] = [step.rest for step in dockerfile()[-1] if "useradd" in step.rest]
    (root / "srv" / "collab" / "var").mkdir(parents=True)
    for each in made.split("&&"):
        if each.strip().startswith("ln "):
            to, link = words(each.strip())[-2:]
            (root / link.lstrip("/")).symlink_to(to)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of an empty database."""
    with psycopg.connect(**address.parameters(), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {EMPTY}")
        yield urlsplit(database_url())._replace(path=f"/{EMPTY}").geturl()
        connection.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")


@pytest.fixture
def picture(containers: Containers, ada: User, room: Room) -> Path:
    """Ada's, in a site in which something was said."""
    name = pictured(ada)
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="Kept")
    return containers.volumes / "media" / name


def test_what_was_backed_up_comes_back_with_its_pictures(
    containers: Containers, elsewhere: str, picture: Path, ada: User
) -> None:
    assert "Backed up to" in containers.run("backup", database_url())
    kept = picture.read_bytes()
    picture.unlink()
    later = picture.with_name("later.webp")
    later.write_bytes(b"later")
    # Into an empty database, then into one with people in it.
    for command in ((), ("restore", "--replace", "--yes")):
        assert "Restored from" in containers.run("restore", elsewhere, command)
        assert picture.read_bytes() == kept
        assert not later.exists()
    assert not (containers.volumes / "backups" / "backup.tmp").exists()
    containers.run("migrate", elsewhere)
    with psycopg.connect(elsewhere) as there:
        assert there.execute("SELECT avatar FROM accounts_user WHERE id = %s", [ada.pk]).fetchone() == (
            str(ada.avatar),
        )
        assert there.execute("SELECT count(*) FROM rooms_message WHERE text = 'Kept'").fetchone() == (1,)


def test_a_nodes_doctor_knows_of_the_last_backup(containers: Any, picture: Path) -> None:
    look = ("doctor", "--only", "backup", "--json")
    assert "There was no backup yet" in containers.run(containers.node, database_url(), look)
    containers.run("backup", database_url())
    [found] = json.loads(containers.run(containers.node, database_url(), look))["checks"]
    # Nobody tried it yet.
    assert "No backup was tried for a month" in json.dumps(found)


def test_a_backup_is_verified_where_it_was_made(containers: Containers, picture: Path, tmp_path: Path) -> None:
    containers.run("backup", database_url())
    # Each run of pytest closes its folder to the user of the embedded PostgreSQL.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o711)
    assert "Verified" in containers.run("backup", database_url(), ("backup", "--verify"))


# --- What the documents say --------------------------------------------------------------------------


def test_all_that_uses_the_database_is_stopped_before_a_restore() -> None:
    [stopped] = re.findall(r"docker compose --file deploy/compose\.yaml stop (.*)", DOCS)
    lasting = {name for name, service in SITE.items() if service["restart"] != "no"}
    assert set(stopped.split()) == lasting
    [scaled] = re.findall(r"kubectl scale deployment (.*?) --replicas=0", DOCS)
    [awaited] = re.findall(r"part in \((.*?)\)", DOCS)
    parts = {file.stem for file in (PROJECT / "deploy" / "kubernetes").glob("*.yaml")}
    deployed = {name for name in parts if name in {"node", "worker", "beat", "canary"}}
    assert set(scaled.split()) == set(awaited.split(",")) == deployed


def test_each_service_that_the_documents_name_is_there() -> None:
    for what in re.findall(r"compose\.yaml (?:run|exec|up)((?: --?\S+)*(?: \w+)*)", DOCS):
        named = [word for word in what.split() if not word.startswith("-")][:1]
        assert set(named) <= {*SITE, "nginx"}, what
