"""Real servers for every test run, and the fixed cast: Ada owns, Ben is a member, Cleo a guest, Mallory an outsider.

PostgreSQL starts once a run and each process of the run has a database of its own in it; Valkey starts once a
process, since its publish/subscribe knows no databases. The settings name these servers, so both stand first.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest

from collab.embedded.once import running
from collab.embedded.postgres import Postgres
from collab.embedded.valkey import Valkey
from tests import scheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

    from accounts.models import User
    from rooms.models import Room, Workspace

# A test run's data may be lost with the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

servers = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "error:Error when trying to teardown test databases")
    folder = Path(
        servers.enter_context(tempfile.TemporaryDirectory(prefix="collab-tests-", ignore_cleanup_errors=True))
    )
    folder.chmod(0o711)
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = servers.enter_context(running(Postgres(folder / "postgres", **FAST))).url
    os.environ["REDIS_URL"] = servers.enter_context(running(Valkey(folder / "valkey"))).url
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "collab.settings",
        "EMAIL_URL": "memory:",
        "EXTRA_ORIGINS": "http://testserver",
        "SECRET_KEY": "tests-tests-tests-tests-tests-tests-tests-tests",
        "SITE_URL": "http://localhost:8000",
        "VAR_DIR": str(folder / "var"),
    }
    if os.environ.get("CI"):
        # What is submitted is judged by the same examples each time; new ones are looked for by people.
        hypothesis.settings.register_profile("ci", derandomize=True)
        hypothesis.settings.load_profile("ci")
    _quicken()
    django.setup()
    # pytest-xdist hands its environment on. With this in it, pytest-django would load the settings of a worker before
    # the worker has servers of its own to name, and all workers would share one Valkey.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def _quicken() -> None:
    """Before anything is built of them: a test module that names a storage builds it when it is collected."""
    from django.conf import settings

    # Argon2 and PBKDF2 are slow on purpose; a manifest of static files would have to be collected first.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=scheduling.turn)


def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> scheduling.ByFile:
    return scheduling.ByFile(config, log)


def pytest_unconfigure() -> None:
    servers.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The databases of the run, without anybody in them at its end.

    Each thread has a connection of its own: that of `sync_to_async` and those of the pool are closed by whoever opens
    sockets, and other tests use them, too.
    """
    yield
    asyncio.run(_leave_databases())


async def _leave_databases() -> None:
    from asgiref.sync import sync_to_async
    from django.db import connections

    from collab.live.database import close_connections

    await sync_to_async(connections.close_all)()
    await close_connections()


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushall()


def person(name: str) -> "User":
    """One of the cast, signing in with `<name>@example.org` and the password `<name>-password`."""
    from accounts.models import User

    return User.objects.create_user(f"{name}@example.org", f"{name}-password", name=name.capitalize(), handle=name)


@pytest.fixture
def ada(db: None) -> "User":
    """Owns the workspace."""
    return person("ada")


@pytest.fixture
def workspace(ada: "User") -> "Workspace":
    """Ada's workspace."""
    from rooms.actions.workspaces import create_workspace
    from rooms.models import Role

    workspace = create_workspace(owner=ada, name="Analytical Engines")
    assert workspace.memberships.get(user=ada).role == Role.OWNER
    return workspace


@pytest.fixture
def general(workspace: "Workspace") -> "Room":
    """The workspace's general room."""
    assert workspace.general is not None
    return workspace.general


@pytest.fixture
def ben(ada: "User", workspace: "Workspace") -> "User":
    """A member of Ada's workspace."""
    from rooms.actions.members import add_member
    from rooms.models import Role

    ben = person("ben")
    add_member(workspace=workspace, user=ben, role=Role.MEMBER, by=ada)
    assert workspace.memberships.get(user=ben).role == Role.MEMBER
    return ben


@pytest.fixture
def room(ada: "User", ben: "User", workspace: "Workspace") -> "Room":
    """A public room that Ada and Ben are in; Cleo and Mallory are not."""
    from rooms.access import access_room
    from rooms.actions.room_people import join_room
    from rooms.actions.rooms import create_room
    from rooms.models import Room

    room = create_room(by=workspace.memberships.get(user=ada), name="engine", kind=Room.Kind.PUBLIC)
    join_room(access=access_room(ben, room.pk))
    assert set(room.people.all()) == {ada, ben}
    return room


@pytest.fixture
def cleo(ada: "User", workspace: "Workspace") -> "User":
    """A guest of Ada's workspace, in no room yet."""
    from rooms.actions.members import add_member
    from rooms.models import Role, RoomMembership

    cleo = person("cleo")
    add_member(workspace=workspace, user=cleo, role=Role.GUEST, by=ada)
    assert not RoomMembership.objects.filter(user=cleo).exists()
    return cleo


@pytest.fixture
def mallory(db: None, workspace: "Workspace") -> "User":
    """An outsider: owns another workspace and has nothing to do with Ada's."""
    from rooms.actions.workspaces import create_workspace

    mallory = person("mallory")
    create_workspace(owner=mallory, name="Elsewhere")
    assert not workspace.memberships.filter(user=mallory).exists()
    return mallory
