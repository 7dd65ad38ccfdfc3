"""Backups in a bucket, against a server that speaks S3."""

import subprocess
import sys
from collections.abc import Iterator

import obstore
import pytest
from django.core.management import CommandError
from obstore.store import S3Store

from accounts.models import User
from collab.backup.bucket import Bucket
from collab.backup.places import find
from rooms.models import Room
from tests.collab.backup.conftest import Go, Run
from tests.collab.backup.test_backup import pictured
from tests.collab.backup.test_restore import value
from tests.collab.running import free_port

pytestmark = pytest.mark.django_db(transaction=True)

PREFIX = "s3://backups/of/collab"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a server in memory."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", f"-p{port}"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    assert any("Running on" in line for line in server.stderr)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.communicate()


@pytest.fixture(autouse=True)
def store(address: str, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    """A bucket there, empty."""
    said = {"ACCESS_KEY_ID": "tests", "SECRET_ACCESS_KEY": "tests", "REGION": "eu-central-1"}
    for name, word in {**said, "ENDPOINT": address, "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", word)
    import boto3

    s3 = boto3.resource("s3", endpoint_url=address, region_name="us-east-1")
    s3.Bucket("backups").create()
    s3.Bucket("backups").objects.all().delete()
    return S3Store.from_url("s3://backups")


def paths(store: S3Store) -> list[str]:
    return sorted(entry["path"] for page in obstore.list(store) for entry in page)


def test_a_backup_goes_there_is_verified_and_comes_back(
    run: Run, store: S3Store, elsewhere: Go, ada: User, room: Room
) -> None:
    pictured(ada)
    made = run("backup", "--to", PREFIX).splitlines()[-1].removeprefix("Backed up to ")
    assert made.startswith(f"{PREFIX}/localhost_8000-")
    names = [path.rpartition("/")[2] for path in paths(store)]
    assert names == ["database.dump", "manifest.json", "media.tar"]
    assert f"Verified {made}" in run("backup", "--verify", made)
    elsewhere().close()
    assert "Restored from" in run("restore", PREFIX)
    with elsewhere() as there:
        assert value(there, "SELECT count(*) FROM accounts_user") == 2


def test_one_without_a_manifest_is_none_and_is_cleared_away_by_the_next(run: Run, store: S3Store, room: Room) -> None:
    left = "of/collab/localhost_8000-20200101T000000Z/database.dump"
    others = "of/collab/elsewhere-20200101T000000Z/database.dump"
    for path in (left, others):
        obstore.put(store, path, b"half")
    with pytest.raises(CommandError, match="there is no whole backup"):
        run("restore", PREFIX)
    run("backup", "--to", PREFIX)
    assert left not in paths(store)
    assert others in paths(store)


def test_one_that_fails_leaves_nothing(run: Run, store: S3Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collab.backup.media.pack", lambda held, into: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("backup", "--to", PREFIX)
    assert paths(store) == []


def test_those_beyond_what_is_kept_go(store: S3Store) -> None:
    bucket = Bucket(PREFIX)
    for name in ("a.example-20260101T000000Z", "a.example-20250101T000000Z"):
        obstore.put(store, f"of/collab/{name}/manifest.json", b"{}")
        obstore.put(store, f"of/collab/{name}/media.tar", b"")
    assert find(PREFIX)[1] == "a.example-20260101T000000Z"
    assert find(f"{PREFIX}/a.example-20250101T000000Z")[1] == "a.example-20250101T000000Z"
    bucket.remove("a.example-20250101T000000Z")
    assert bucket.whole() == ["a.example-20260101T000000Z"]
    assert len(paths(store)) == 2


@pytest.mark.parametrize("where", ["s3://nowhere/of/collab", "s3://"])
def test_a_bucket_that_is_not_there_is_one_line_that_names_the_variables(run: Run, room: Room, where: str) -> None:
    with pytest.raises(CommandError, match="AWS_ENDPOINT") as refusal:
        run("backup", "--to", where)
    assert "\n" not in str(refusal.value)


def test_without_the_package_it_is_asked_for(run: Run, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "collab.backup.bucket")
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(CommandError, match=r"pip install obstore=="):
        run("backup", "--to", PREFIX)
