"""A backup is proven on a PostgreSQL of its own, beside the site."""

import json
import uuid
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.backup import marks
from collab.backup.manifest import RoomMark
from rooms.actions.messages import post_message
from rooms.models import Event, Room
from tests.collab.backup.conftest import Run
from tests.collab.backup.test_backup import only, pictured

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_good_one_is_verified_and_that_is_noted(run: Run, backups: Path, var: Path, ada: User, room: Room) -> None:
    pictured(ada)
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="Kept")
    run("backup")
    said = run("backup", "--verify")
    assert f"Verified {only(backups)}" in said
    assert "2 rooms: heads, logs without gaps and checksums" in said
    assert json.loads((var / "last_backup.json").read_text())["verified_at"] is not None
    assert not (var / "backup.tmp").exists()


@pytest.mark.parametrize(
    ("field", "new", "words"),
    [
        ("head", 99, "room {} has head"),
        ("checksum", "0" * 32, "room {} has another log than was backed up"),
        ("said", "0" * 32, "room {} has other messages than were backed up"),
        ("messages", 7, "room {} has other messages than were backed up: 0, of 7"),
        ("id", 999_999, "room {} is not in the manifest"),
    ],
)
def test_a_room_that_differs_is_named(
    run: Run,
    backups: Path,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
    room: Room,
    field: str,
    new: object,
    words: str,
) -> None:
    run("backup")
    backup = only(backups)
    said = json.loads((backup / "manifest.json").read_text())
    next(mark for mark in said["rooms"] if mark["id"] == room.pk)[field] = new
    (backup / "manifest.json").write_text(json.dumps(said))
    from django.core.management import call_command

    with pytest.raises(CommandError, match="was changed after it was made"):
        call_command("backup", "--verify", str(backup))
    # As on another machine, which did not make it.
    (settings.VAR_DIR / "last_backup.json").unlink()
    with pytest.raises(CommandError, match="is not as it should be"):
        call_command("backup", "--verify", str(backup))
    assert words.format(room.pk) in capsys.readouterr().out


def test_a_gap_in_a_log_is_found_even_where_it_was_backed_up_so(
    run: Run, ada: User, room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    Event.objects.filter(room=room, seq=2).delete()
    run("backup")
    from django.core.management import call_command

    with pytest.raises(CommandError):
        call_command("backup", "--verify")
    assert f"room {room.pk} has a gap in its log" in capsys.readouterr().out


def test_what_was_flipped_since_is_found(run: Run, backups: Path, room: Room) -> None:
    run("backup")
    file = only(backups) / "database.dump"
    data = bytearray(file.read_bytes())
    data[-9] ^= 1
    file.write_bytes(data)
    with pytest.raises(CommandError, match=r"database\.dump in .* is damaged"):
        run("backup", "--verify")


def test_a_log_whose_oldest_entries_were_trimmed_has_no_gap() -> None:
    trimmed = RoomMark(id=1, head=9, first=5, entries=5, checksum="")
    assert marks.differences([trimmed], [trimmed]) == []
    assert RoomMark(id=1, head=9, first=10, entries=0, checksum="").is_gapless
    assert not RoomMark(id=1, head=9, first=5, entries=4, checksum="").is_gapless
    assert marks.differences([trimmed], []) == ["room 1 is missing"]


def test_a_dump_is_loaded_by_somebody_who_may_not_reach_beyond_the_database(
    run: Run, backups: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collab.backup import dump

    run("backup")
    may: list[bool] = []

    def look(file: Path, to: dict[str, str]) -> None:
        with psycopg.connect(**to) as connection:  # type: ignore[arg-type]
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            assert row is not None
            may.append(row[0])
        load(file, to)

    load = dump.load
    monkeypatch.setattr(dump, "load", look)
    assert "Verified" in run("backup", "--verify")
    assert may == [False]
