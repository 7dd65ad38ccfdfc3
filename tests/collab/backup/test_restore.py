"""A site comes back whole, or nothing is changed."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from pyrage import x25519
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.backup import address, dump, marks
from rooms import epoch
from rooms.actions.messages import post_message
from rooms.models import Room
from tests.collab.backup.conftest import Go, Run
from tests.collab.backup.test_backup import only, pictured
from tests.live.sockets import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LATER = "UPDATE rooms_room SET topic = 'later'"
HOW_LATER = "SELECT count(*) FROM rooms_room WHERE topic = 'later'"


def value(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def backup(run: Run, backups: Path, ada: User, room: Room) -> Path:
    """One of a site in which something was said, and somebody has a picture."""
    pictured(ada)
    sign_in(ada)
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="Kept")
    run("backup", "--with-secret-key")
    return only(backups)


def restored(run: Run, go: Go, *words: str) -> str:
    """On another machine, where nobody is connected; what it says."""
    go().close()
    return run("restore", *words)


def test_the_site_comes_back_with_every_room_and_file_and_another_epoch(
    run: Run, backup: Path, elsewhere: Go, settings: Settings, ada: User
) -> None:
    before = epoch.read()
    with psycopg.connect(**address.parameters()) as here:  # type: ignore[arg-type]
        rooms = marks.read(here)
    said = restored(run, elsewhere, str(backup))
    assert "Restored from" in said
    with elsewhere() as there:
        assert marks.read(there) == rooms
        assert value(there, "SELECT count(*) FROM accounts_user") == User.objects.count()
        assert value(there, "SELECT name FROM rooms_epoch") != before
        assert value(there, "SELECT count(*) FROM rooms_epoch") == 1
        # Some may have been ended since the backup.
        assert Session.objects.exists()
        assert value(there, "SELECT count(*) FROM django_session") == 0
    assert (settings.MEDIA_ROOT / str(ada.avatar)).read_bytes()
    assert (settings.VAR_DIR / "secret_key").exists() is False, "SECRET_KEY is set here: it is left alone"
    assert not (settings.VAR_DIR / "backup.tmp").exists()


def test_the_secret_key_comes_back_where_the_site_keeps_its_own(
    run: Run, backup: Path, elsewhere: Go, settings: Settings
) -> None:
    elsewhere().close()
    settings.VAR_DIR.mkdir()
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = "made-by-the-start-of-restore-itself"
    (settings.VAR_DIR / "secret_key").write_text(settings.SECRET_KEY)
    assert "The secret key is that of the backup" in run("restore", str(backup))
    assert (settings.VAR_DIR / "secret_key").read_text() == kept
    assert (settings.VAR_DIR / "secret_key").stat().st_mode & 0o077 == 0
    assert (settings.VAR_DIR / "secret_key.before").read_text() == settings.SECRET_KEY


def test_a_sealed_one_is_opened_by_its_key_and_by_no_other(
    run: Run, backups: Path, elsewhere: Go, tmp_path: Path, room: Room
) -> None:
    right, wrong = tmp_path / "right.txt", tmp_path / "wrong.txt"
    for file in (right, wrong):
        file.write_text(f"# made by a test\n{x25519.Identity.generate()}\n")
    run("backup", "--key", str(right))
    with elsewhere() as there:
        assert value(there, "SELECT to_regclass('rooms_room')") is None
    for words, said in (
        (["--key", str(wrong)], "the key does not open"),
        ([], "the backup is sealed"),
        (["--key", str(x25519.Identity.generate().to_public())], "whom backups are sealed for"),
    ):
        with pytest.raises(CommandError, match=said):
            run("restore", str(only(backups)), *words)
    with elsewhere() as there:
        assert value(there, "SELECT to_regclass('rooms_room')") is None
    assert "Restored" in run("restore", str(only(backups)), "--key", str(right))


def test_whoever_has_a_key_is_given_nothing_that_somebody_else_may_have_put_there(
    run: Run, backup: Path, elsewhere: Go, tmp_path: Path
) -> None:
    key = tmp_path / "key.txt"
    key.write_text(f"{x25519.Identity.generate()}\n")
    elsewhere().close()
    for words in (["restore", str(backup)], ["backup", "--verify", str(backup)]):
        with pytest.raises(CommandError, match="is not sealed"):
            run(*words, "--key", str(key))
    with elsewhere() as there:
        assert value(there, "SELECT to_regclass('rooms_room')") is None


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def change(name: str, new: object) -> Callable[[Path], None]:
    def change(backup: Path) -> None:
        said = json.loads((backup / "manifest.json").read_text())
        said[name] = new if not callable(new) else new(said[name])
        (backup / "manifest.json").write_text(json.dumps(said))

    return change


def other_head(rooms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**room, "head": room["head"] + 1} for room in rooms]


def in_room(name: str, new: object) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda rooms: [{**rooms[0], name: new}, *rooms[1:]]


in_part = in_room


def cut_short(backup: Path) -> None:
    (backup / "manifest.json").write_text("{")


HARM: list[tuple[Callable[[Path], None], str]] = [
    (lambda backup: flip(backup / "database.dump"), "database.dump in .* is damaged"),
    (lambda backup: flip(backup / "media.tar"), "media.tar in .* is damaged"),
    (lambda backup: (backup / "database.dump").unlink(), "database.dump is missing"),
    (cut_short, "manifest.json is damaged"),
    (change("parts", []), "names no database.dump"),
    # What whoever can write there might try: to be read by psql as commands, and to be written elsewhere.
    (change("rooms", in_room("checksum", "x\n\\.\n\\! false\n")), "manifest.json is damaged"),
    (change("parts", in_part("name", "../secret_key")), "manifest.json is damaged"),
    (change("parts", in_part("name", "/tmp/x")), "manifest.json is damaged"),
    (change("parts", in_part("size", 1)), "is damaged"),
    (change("format", 2), "of a newer version of Collab: install that version"),
    (change("migrations", ["rooms.9999_later"]), r"newer version of Collab \(it has rooms.9999_later\)"),
    (change("rooms", other_head), "nothing was changed: .*not as they were backed up"),
]


@pytest.mark.parametrize(("harm", "words"), HARM)
def test_what_is_wrong_with_a_backup_is_said_and_nothing_is_changed(
    run: Run, backup: Path, elsewhere: Go, settings: Settings, harm: Callable[[Path], None], words: str
) -> None:
    harm(backup)
    with elsewhere() as there:
        there.execute("CREATE TABLE mine (said text)")
        there.execute("INSERT INTO mine VALUES ('still here')")
    with pytest.raises(CommandError, match=words) as refusal:
        run("restore", str(backup))
    assert "\n" not in str(refusal.value)
    with elsewhere() as there:
        assert value(there, "SELECT said FROM mine") == "still here"
        assert value(there, "SELECT to_regclass('rooms_room')") is None
    assert not [path for path in settings.VAR_DIR.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_site_that_is_there_stays_unless_it_may_be_replaced(
    run: Run, backup: Path, elsewhere: Go, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(run, elsewhere, str(backup))
    with elsewhere() as there:
        there.execute(LATER)
        first = value(there, "SELECT name FROM rooms_epoch")
    later = settings.MEDIA_ROOT / "avatars" / "later.webp"
    later.write_bytes(b"later")
    with pytest.raises(CommandError, match="there is a site in this database, with 2 people"):
        run("restore", str(backup))
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="you did not agree"):
        run("restore", str(backup), "--replace")
    with elsewhere() as there:
        assert value(there, HOW_LATER) > 0
    assert later.exists()
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert "What was written since is lost" in run("restore", str(backup), "--replace")
    with elsewhere() as there:
        assert value(there, HOW_LATER) == 0
        assert value(there, "SELECT name FROM rooms_epoch") != first
    assert not later.exists()


def test_a_site_that_runs_is_not_restored_over(run: Run, backup: Path, elsewhere: Go) -> None:
    with elsewhere() as node:
        node.execute("SET application_name = 'a node'")
        with pytest.raises(CommandError, match=r"the site runs.*a node.*Stop all nodes") as refusal:
            run("restore", str(backup))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("when", ["collab.backup.dump.shutil.copyfileobj", "collab.backup.dump.as_rows"])
def test_whoever_dies_half_way_has_changed_nothing(
    run: Run, backup: Path, elsewhere: Go, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    restored(run, elsewhere, str(backup))
    with elsewhere() as there:
        there.execute(LATER)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(when, die)
        with pytest.raises(KeyboardInterrupt):
            run("restore", str(backup), "--replace", "--yes")
    with elsewhere() as there:
        assert value(there, HOW_LATER) > 0


def test_whoever_is_connected_when_it_is_done_is_cut_off(
    run: Run, backup: Path, elsewhere: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere().close()
    script = dump._script
    late: list[psycopg.Connection[Any]] = []

    def meanwhile(*args: Any, **how: Any) -> None:
        late.append(elsewhere())
        script(*args, **how)

    monkeypatch.setattr(dump, "_script", meanwhile)
    run("restore", str(backup))
    with pytest.raises(psycopg.OperationalError):
        late[0].execute("SELECT 1")


@pytest.mark.parametrize("source", ["/nowhere", "", "/dev/null"])
def test_a_backup_that_is_not_there(run: Run, elsewhere: Go, source: str) -> None:
    elsewhere().close()
    with pytest.raises(CommandError, match="there is no whole backup at"):
        run("restore", *([source] if source else []))


def test_a_dump_that_is_none_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    from collab.backup.errors import BackupError

    (tmp_path / "none").write_text("no dump")
    with pytest.raises(BackupError, match="the database in the backup cannot be read"):
        dump.check(tmp_path / "none")
