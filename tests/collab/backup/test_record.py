"""What is noted of backups: the newest one, and when one was last tried."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError
from pyrage import x25519
from pytest_django.fixtures import Settings

from collab.backup import record
from collab.watch import numbers
from rooms.models import Room
from tests.collab.backup.conftest import Run
from tests.collab.backup.test_backup import only

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_that_is_made_later_does_not_forget_that_one_was_verified_or_failed(var: Path) -> None:
    record.made(var, "/first", datetime.now(UTC), "1")
    record.verified(var, "/first")
    good = record.read(var)
    assert good.verified_at is not None
    record.made(var, "/second", datetime.now(UTC), "2")
    record.failed(var, "/second")
    bad = record.read(var)
    assert bad.failed_at is not None
    record.made(var, "/third", datetime.now(UTC), "3")
    now = record.read(var)
    assert (now.to, now.manifest) == ("/third", "3")
    assert (now.verified_at, now.failed_at) == (good.verified_at, bad.failed_at)
    record.failed(var, "/second")
    assert record.read(var) == now, "it is not the last one any more"


def test_nodes_tell_when_it_was_made(var: Path) -> None:
    assert numbers.backup_made() == 0
    at = datetime.now(UTC)
    record.made(var, "/first", at, "1")
    assert numbers.backup_made() == at.timestamp()


def spoil(backup: Path) -> None:
    with (backup / "media.tar").open("ab") as file:
        file.write(b"!")


def exchange(backup: Path) -> None:
    with (backup / "manifest.json").open("ab") as file:
        file.write(b"\n")


@pytest.mark.parametrize("harm", [spoil, exchange])
def test_a_verification_that_fails_is_noted(
    run: Run, backups: Path, var: Path, room: Room, harm: Callable[[Path], None]
) -> None:
    run("backup")
    harm(only(backups))
    with pytest.raises(CommandError):
        run("backup", "--verify")
    failed = record.read(var)
    assert failed.failed_at is not None
    assert failed.verified_at is None


def test_where_only_the_recipient_is_known_verifying_says_where_to_and_ends_well(
    run: Run, backups: Path, var: Path, settings: Settings, room: Room
) -> None:
    settings.BACKUP_KEY = str(x25519.Identity.generate().to_public())
    run("backup")
    said = run("backup", "--verify").strip()
    assert said.startswith("Not verified: here is only whom backups are sealed for. Where the secret key is: ")
    assert f"--verify {only(backups)} --key key.txt" in said
    assert "\n" not in said
    assert record.read(var).failed_at is record.read(var).verified_at is None
