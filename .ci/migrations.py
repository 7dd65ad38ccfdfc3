"""Refuses migrations that the code of before does not get on with: in an upgrade both run at once, node after node.

While the new code's migrations run, and after, old code reads and writes. It misses a column that is dropped or
renamed; its rows are refused where a new column may not be empty and the database has no default for it; and where an
index is not built CONCURRENTLY nobody writes meanwhile. Run by `make check`, on a PostgreSQL started for the while;
prints every migration at fault with the remedy and fails if there is one.

    python .ci/migrations.py [SETTINGS_MODULE APPLICATION…]
"""

import os
import sys
import tempfile
from pathlib import Path

import django
from django.apps import apps as registry
from django_migration_linter import MigrationLinter

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from collab.embedded.once import running  # noqa: E402 — from where the line above looks.
from collab.embedded.postgres import Postgres  # noqa: E402

#: What passes all the same, by name, and why.
EXCEPTIONS = {
    "0001_initial": "makes its tables, which nobody knows before",
    "0008_epoch": "makes its table, which nobody knows before",
    "0003_deliveries": "came before the first release: no site has run with the code of before",
}

REMEDIES = """
What to do, each step in a release of its own:
  DROPPING columns or tables   take it out of the code first, with SeparateDatabaseAndState; drop it in the next release
  RENAMING                     add the new one, write both, copy, read the new one, then drop the old one
  NOT NULL constraint          give the field a db_default as well: it fills in what old code leaves out
  ALTERING columns             add a new column; or, where old code reads both, name it in .ci/migrations.py
  CREATE or DROP INDEX         AddIndexConcurrently or RemoveIndexConcurrently, with atomic = False
  ADDING unique constraint     a unique index built CONCURRENTLY, then the constraint USING it, with RunSQL"""


def lint(apps: list[str]) -> bool:
    """Print what is wrong with these applications' migrations; whether nothing is."""
    linter = MigrationLinter(
        include_apps=apps,
        ignore_name=list(EXCEPTIONS),
        all_warnings_as_errors=True,
        exclude_migration_tests=["RUNPYTHON_REVERSIBLE", "RUNPYTHON_ARGS_NAMING_CONVENTION"],
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    return not linter.has_errors


def _is_own(folder: Path) -> bool:
    """The application is of this project, and has migrations."""
    is_ours = folder.is_relative_to(PROJECT) and not folder.is_relative_to(PROJECT / ".venv")
    return is_ours and (folder / "migrations").is_dir()


if __name__ == "__main__":
    module, *apps = sys.argv[1:] or ["collab.settings"]
    os.chdir(PROJECT)
    with tempfile.TemporaryDirectory(prefix="collab-migrations-") as name:
        folder = Path(name)
        # PostgreSQL runs as another user where this is root.
        folder.chmod(0o711)
        with running(Postgres(folder / "postgres", fsync="off")) as postgres:
            os.environ |= {"DATABASE_URL": postgres.url, "DJANGO_SETTINGS_MODULE": module}
            django.setup()
            own = [app.label for app in registry.get_app_configs() if _is_own(Path(app.path))]
            is_safe = lint(apps or own)
    sys.exit(None if is_safe else REMEDIES)
