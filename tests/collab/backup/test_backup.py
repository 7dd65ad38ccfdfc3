"""A backup is whole or is not there."""

import contextlib
import errno
import json
import resource
import stat
import threading
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from django.core.management import CommandError
from pyrage import x25519
from pytest_django.fixtures import Settings

from accounts.actions.profile import change_picture, clear_picture
from accounts.models import User
from collab.backup import address, manifest, media, snapshot
from collab.backup.errors import in_words
from collab.backup.places import Folder
from collab.demo.portraits import portrait
from rooms.actions.messages import post_message
from rooms.models import Room
from tests.collab.backup.conftest import Go, Run

pytestmark = pytest.mark.django_db(transaction=True)


def only(backups: Path) -> Path:
    [backup] = backups.iterdir()
    return backup


def pictured(user: User, number: int = 1) -> str:
    picture = portrait(number)
    change_picture(user=user, picture=picture, size=len(picture.getvalue()))
    return str(user.avatar)


def test_a_backup_says_what_it_holds_and_is_nobody_elses_to_read(
    run: Run, backups: Path, var: Path, ada: User, room: Room
) -> None:
    pictured(ada)
    said = run("backup")
    backup = only(backups)
    assert f"Backed up to {backup}" in said
    told = manifest.read((backup / "manifest.json").read_bytes())
    assert {part.name for part in told.parts} == {"database.dump", "media.tar"}
    assert {part.name: part.size for part in told.parts} == {
        path.name: path.stat().st_size for path in backup.iterdir() if path.name != "manifest.json"
    }
    assert "rooms.0008_epoch" in told.migrations
    room.refresh_from_db()
    assert next(mark for mark in told.rooms if mark.id == room.pk).head == room.head
    assert all(mark.is_gapless for mark in told.rooms)
    assert stat.S_IMODE(backups.stat().st_mode) == 0o700
    assert not (var / "backup.tmp").exists()


def test_the_last_one_is_noted_for_the_doctor(run: Run, backups: Path, var: Path, room: Room) -> None:
    run("backup")
    noted = json.loads((var / "last_backup.json").read_text())
    assert noted["to"] == str(only(backups))
    assert noted["verified_at"] is None
    assert datetime.fromisoformat(noted["at"]).utcoffset() is not None


def test_the_secret_key_is_left_out_unless_it_is_sealed_or_asked_for(
    run: Run, backups: Path, tmp_path: Path, room: Room
) -> None:
    assert "The secret key is left out" in run("backup", "--to", str(tmp_path / "open"))
    assert not list(tmp_path.glob("open/*/secret_key*"))
    run("backup", "--to", str(tmp_path / "asked"), "--with-secret-key")
    assert list(tmp_path.glob("asked/*/secret_key"))
    key = x25519.Identity.generate()
    run("backup", "--to", str(tmp_path / "sealed"), "--key", str(key.to_public()))
    assert list(tmp_path.glob("sealed/*/secret_key.age"))
    assert all(path.suffix in {".age", ".json"} for path in tmp_path.glob("sealed/*/*"))


def test_a_file_that_a_row_of_the_snapshot_names_is_in_it_also_where_it_is_deleted_meanwhile(
    run: Run, var: Path, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = pictured(ada)
    named_files = snapshot.named_files

    def named_and_then_gone(connection: object) -> set[str]:
        names = named_files(connection)  # type: ignore[arg-type]
        if ada.avatar:
            clear_picture(user=ada)
        return names

    packed: list[str] = []
    pack = media.pack

    def noting(held: Path, into: BinaryIO) -> None:
        packed.extend(media.files(held))
        pack(held, into)

    monkeypatch.setattr(snapshot, "named_files", named_and_then_gone)
    monkeypatch.setattr(media, "pack", noting)
    run("backup")
    assert not (var / "media" / name).exists()
    assert packed == [name]


def test_a_file_that_was_lost_long_ago_is_told_in_the_manifest(run: Run, backups: Path, var: Path, ada: User) -> None:
    name = pictured(ada)
    (var / "media" / name).unlink()
    run("backup")
    assert manifest.read((only(backups) / "manifest.json").read_bytes()).missing == [name]
    assert "Verified" in run("backup", "--verify")


def test_so_many_are_kept_and_those_of_other_sites_are_left_alone(
    run: Run, backups: Path, settings: Settings, room: Room
) -> None:
    settings.BACKUP_KEEP = 2
    others = ["other.example-20200101T000000Z", "localhost-20200101T000000Z"]
    for name in (*others, "localhost_8000-20200101T000000Z", "localhost_8000-20210101T000000Z"):
        (backups / name).mkdir(parents=True)
        (backups / name / "manifest.json").write_text("{}")
    assert "Removed" in run("backup")
    kept = sorted(path.name for path in backups.iterdir())
    assert len(kept) == 4
    assert {*others, "localhost_8000-20210101T000000Z"} < set(kept)


def test_the_one_just_made_stays_though_a_clock_was_ahead_before(
    run: Run, backups: Path, settings: Settings, room: Room
) -> None:
    settings.BACKUP_KEEP = 2
    ahead = ["localhost_8000-29990101T000000Z", "localhost_8000-29990102T000000Z"]
    for name in ahead:
        (backups / name).mkdir(parents=True)
        (backups / name / "manifest.json").write_text("{}")
    said = run("backup")
    made = said.rpartition("Backed up to ")[2].strip()
    assert Path(made).is_dir()
    assert {path.name for path in backups.iterdir()} == {Path(made).name, ahead[1]}


@contextlib.contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file may grow beyond that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("is_sealed", [False, True])
def test_where_the_disk_is_full_nothing_is_left_and_the_ones_before_stay(
    run: Run, backups: Path, settings: Settings, var: Path, room: Room, *, is_sealed: bool
) -> None:
    settings.BACKUP_KEEP = 1
    old = backups / "localhost_8000-20200101T000000Z"
    old.mkdir(parents=True)
    (old / "manifest.json").write_text("{}")
    key = ("--key", str(x25519.Identity.generate().to_public())) if is_sealed else ()
    with full_at(8192), pytest.raises(CommandError, match="the disk is full: free some space"):
        run("backup", *key)
    assert [path.name for path in backups.iterdir()] == [old.name]
    assert not (var / "last_backup.json").exists()


def test_what_a_killed_one_left_is_never_taken_for_a_backup_and_is_cleared_away(
    run: Run, backups: Path, room: Room
) -> None:
    left = backups / ".localhost_8000-20200101T000000Z.part"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    with pytest.raises(CommandError, match="there is no whole backup"):
        run("backup", "--verify")
    run("backup")
    assert not left.exists()


def test_one_that_is_there_is_not_written_over(
    run: Run, backups: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup")
    name = only(backups).name
    monkeypatch.setattr(Folder, "has", lambda self, backup: True)
    with pytest.raises(CommandError, match="is there already: wait a second"):
        run("backup")
    assert [path.name for path in backups.iterdir()] == [name]


def test_a_database_without_tables_is_one_line(run: Run, backups: Path, elsewhere: Go) -> None:
    elsewhere().close()
    with pytest.raises(CommandError, match=r"manage\.py migrate") as refusal:
        run("backup")
    assert "\n" not in str(refusal.value)
    assert not list(backups.iterdir())


def test_two_at_once_are_one_too_many(run: Run, var: Path, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []
    named_files = snapshot.named_files

    def meanwhile(connection: object) -> set[str]:
        if not refused:
            with pytest.raises(CommandError, match="another backup or restore of this site is under way") as refusal:
                run("backup")
            refused.append(str(refusal.value))
        return named_files(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "named_files", meanwhile)
    run("backup")
    assert refused


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("age1nonsense", "the key cannot be used"),
        ("AGE-SECRET-KEY-1NONSENSE", "not for the command line"),
        ("/nowhere/key.txt", "neither a recipient"),
        ("/dev/null", "no key in /dev/null"),
    ],
)
def test_a_bad_key_is_refused_before_anything_is_written(run: Run, backups: Path, key: str, words: str) -> None:
    with pytest.raises(CommandError, match=words) as refusal:
        run("backup", "--key", key)
    assert "\n" not in str(refusal.value)
    assert not backups.exists()


def test_a_place_that_cannot_be_written_is_named(run: Run, room: Room) -> None:
    with pytest.raises(CommandError, match="/proc/backups") as refusal:
        run("backup", "--to", "/proc/backups")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("part", ["", "/.chat-20260101T000000Z.part", "/.chat-20260101T000000Z.part/media.tar"])
def test_a_folder_that_is_read_only_for_the_service_is_let_in_by_a_line_of_its_unit(part: str) -> None:
    said = str(in_words(OSError(errno.EROFS, "Read-only file system", f"/mnt/.nas/collab{part}")))
    assert said.startswith(f"that is read-only here (/mnt/.nas/collab{part}): name another place.")
    assert said.endswith("`systemctl edit collab-backup`, and ReadWritePaths=/mnt/.nas/collab under [Service].")
    assert "\n" not in said


def test_a_database_that_is_away_is_one_line(run: Run, backups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "parameters", lambda: {"host": "127.0.0.1", "port": "1", "dbname": "x"})
    with pytest.raises(CommandError, match="the database does not answer") as refusal:
        run("backup")
    assert "\n" not in str(refusal.value)
    assert list(backups.iterdir()) == []


def test_the_password_stands_among_no_arguments() -> None:
    told = {"host": "db", "user": "ada", "password": "secret word", "dbname": "chat"}
    assert "secret" not in address.conninfo(told)
    assert address.environment(told)["PGPASSWORD"] == "secret word"


def test_one_that_is_taken_while_people_talk_is_of_one_moment(run: Run, backups: Path, ada: User, room: Room) -> None:
    """What is under way is stopped at no moment; each room's log ends where its head stood."""
    from django.db import connection

    is_over = threading.Event()
    began = threading.Event()

    def talk() -> None:
        while not is_over.is_set():
            post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="on and on")
            began.set()
        connection.close()

    talking = threading.Thread(target=talk)
    talking.start()
    began.wait(10)
    try:
        run("backup")
    finally:
        is_over.set()
        talking.join()
    told = manifest.read((only(backups) / "manifest.json").read_bytes())
    room.refresh_from_db()
    [mark] = [mark for mark in told.rooms if mark.id == room.pk]
    assert 3 < mark.head < room.head
    assert mark.is_gapless
    assert "Verified" in run("backup", "--verify")
