"""What old code does not get on with is found in a migration before anybody runs it."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

from collab.embedded.environment import PROJECT

HEAD = "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    "
DATA = """from django.contrib.postgres.operations import AddIndexConcurrently
def forget(apps, schema_editor):
    Note = apps.get_model("planted", "Note")
    Note.objects.all().delete()
def color(apps, schema_editor):
    'Old code does not know the column.'
    Note = apps.get_model("planted", "Note")
    Note.objects.filter(color="").update(color="white")
"""
MODEL = """operations = [migrations.CreateModel("Note", [
        ("id", models.BigAutoField(primary_key=True)),
        ("text", models.TextField()), ("title", models.TextField()), ("size", models.IntegerField(null=True)),
    ])]"""

#: By the name of a migration: what it does, and what is said of it.
FAULTS = {
    "0002_drops": ('migrations.RemoveField("note", "title")', "DROPPING columns"),
    "0003_not_null": ('migrations.AddField("note", "kind", models.TextField(default=""))', "NOT NULL constraint"),
    "0004_renames": ('migrations.RenameField("note", "text", "body")', "RENAMING columns"),
    "0005_index": ('migrations.AddIndex("note", models.Index(fields=["kind"], name="by_kind"))', "CREATE INDEX locks"),
    "0006_type": ('migrations.AlterField("note", "size", models.TextField(null=True))', "ALTERING columns"),
    "0007_unique": ('migrations.AlterField("note", "kind", models.TextField(unique=True))', "unique constraint"),
    "0008_check": (
        'migrations.AddConstraint("note", models.CheckConstraint(condition=~models.Q(kind=""), name="of_some_kind"))',
        "ADDING check constraint",
    ),
    "0009_set_not_null": (
        'migrations.AlterField("note", "size", models.TextField(default="", db_default=""))',
        "SETTING NOT NULL",
    ),
    "0010_no_way_back": ("migrations.RunPython(color)", "'color': RunPython data migration is not reversible"),
    "0011_no_reason": (
        "migrations.RunPython(forget, migrations.RunPython.noop)",
        "'forget': RunPython does not say why old code gets on with it",
    ),
    "0012_drops_table": ('migrations.DeleteModel("Note")', "DROPPING table"),
}
#: What old code does not notice.
SAFE = {
    "0002_null": 'migrations.AddField("note", "kind", models.TextField(null=True))',
    "0003_default": 'migrations.AddField("note", "color", models.TextField(default="", db_default=""))',
    "0004_index": 'AddIndexConcurrently("note", models.Index(fields=["kind"], name="by_kind"))',
    "0005_positive": 'migrations.AddField("note", "weight", models.PositiveIntegerField(null=True))',
    "0006_table": """migrations.CreateModel("Tag", [("name", models.TextField(primary_key=True))]),
        migrations.AddConstraint("tag", models.CheckConstraint(condition=~models.Q(name=""), name="has_a_name"))""",
    "0007_data": "migrations.RunPython(color, migrations.RunPython.noop)",
}


def lint(folder: Path, operations: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Lint an application with these migrations, one upon the other."""
    migrations = folder / "planted" / "migrations"
    migrations.mkdir(parents=True)
    for package in (migrations, migrations.parent):
        (package / "__init__.py").touch()
    (migrations / "0001_initial.py").write_text(HEAD + MODEL)
    before = "0001_initial"
    for name, operation in operations.items():
        module = DATA + HEAD
        rest = f'atomic = False\n    dependencies = [("planted", "{before}")]\n    operations = [{operation}]\n'
        (migrations / f"{name}.py").write_text(module + rest)
        before = name
    (folder / "planted_settings.py").write_text("from collab.settings import *\nINSTALLED_APPS += ['planted']\n")
    return run(str(folder), "planted_settings", "planted")


def run(path: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ".ci/migrations.py", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_fault_is_found_with_what_to_do(tmp_path: Path) -> None:
    done = lint(tmp_path, {name: operation for name, (operation, _) in FAULTS.items()})
    assert done.returncode == 1, done.stderr
    for name, (_, said) in FAULTS.items():
        _, _, rest = done.stdout.partition(f"(planted, {name})... ERR")
        assert said in rest.partition("(planted")[0], name
    assert "db_default" in done.stderr
    assert "AddIndexConcurrently" in done.stderr


def test_what_old_code_does_not_notice_passes(tmp_path: Path) -> None:
    done = lint(tmp_path, SAFE)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_an_exception_is_one(tmp_path: Path) -> None:
    """Each would be found, were it not named."""
    script = PROJECT / ".ci" / "migrations.py"
    copy = tmp_path / ".ci" / "migrations.py"
    copy.parent.mkdir()
    copy.write_text(script.read_text().replace("ignore_name=list(EXCEPTIONS)", "ignore_name=[]"))
    for package in ("collab", "rooms", "accounts"):
        (tmp_path / package).symlink_to(PROJECT / package)
    done = subprocess.run([sys.executable, str(copy)], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 1, done.stderr
    found = set(re.findall(r"\(\w+, (\w+)\)\.\.\. ERR", done.stdout))
    assert found == runpy.run_path(str(script))["EXCEPTIONS"].keys()
