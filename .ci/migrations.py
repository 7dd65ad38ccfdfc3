"""Refuses migrations that the code of before does not get on with: in an upgrade both run at once, node after node.

While the new code's migrations run, and after, old code reads and writes. It misses a column that is dropped or
renamed; its rows are refused where a new column may not be empty and the database has no default for it, where a column
may be empty no more, and where a new constraint is not kept; and where an index is not built CONCURRENTLY nobody writes
meanwhile. What Python does to rows no program can judge: whoever writes that says why old code gets on with it. Run by
`make check`, on a PostgreSQL started for the while; prints every migration at fault with the remedy and fails if there
is one.

    python .ci/migrations.py [SETTINGS_MODULE APPLICATION…]
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import django
from django.apps import apps as registry
from django.db.migrations import RunPython
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import PostgresqlAnalyser
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType, Issue

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from collab.embedded.once import running  # noqa: E402 — from where the line above looks.
from collab.embedded.postgres import Postgres  # noqa: E402

#: What passes all the same, by name, and why.
EXCEPTIONS = {
    "0001_initial": "makes its tables, which nobody knows before",
    "0008_epoch": "makes its table, which nobody knows before",
    "0003_deliveries": "came before the first release: no site has run with the code of before",
    "0006_retention": "its constraint is on a column that it adds, which old code leaves empty, in a table of few rows",
}

REMEDIES = """
What to do, each step in a release of its own:
  DROPPING columns or tables   take it out of the code first, with SeparateDatabaseAndState; drop it in the next release
  RENAMING                     add the new one, write both, copy, read the new one, then drop the old one
  NOT NULL constraint          give the field that is added a db_default as well: it fills in what old code leaves out
  SETTING NOT NULL             no default helps, as old code writes NULL itself: first code that writes none; in the
                               next release fill in what is empty, set it, and name it in .ci/migrations.py
  ADDING check constraint      first code that keeps to it; in the next release AddConstraintNotValid, then
                               ValidateConstraint in a migration of its own, and name the first in .ci/migrations.py
  ALTERING columns             add a new column; or, where old code reads both, name it in .ci/migrations.py
  CREATE or DROP INDEX         AddIndexConcurrently or RemoveIndexConcurrently, with atomic = False
  ADDING unique constraint     a unique index built CONCURRENTLY, then the constraint USING it, with RunSQL
  RunPython                    a reverse (RunPython.noop where nothing is to be undone), and a docstring of the function
                               that says why old code gets on with what it does, before and after"""


def adds_check(statements: list[str], **_: object) -> bool:
    """Rows are checked from now on that were not before, in a table that was there before."""
    added = [re.search(r"ALTER TABLE (\S+) ADD CONSTRAINT .* (CHECK|EXCLUDE)\b", statement) for statement in statements]
    made = {name for statement in statements for name in re.findall(r"^CREATE TABLE (\S+)", statement)}
    return any(found[1] not in made for found in added if found)


class Analyser(PostgresqlAnalyser):
    """The library's checks, and two that it lacks."""

    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        Check(
            code="SET_NOT_NULL",
            fn=lambda statement, **_: re.search("ALTER COLUMN .* SET NOT NULL", statement),
            message="SETTING NOT NULL on a column that old code leaves empty",
            mode=CheckMode.ONE_LINER,
            type=CheckType.ERROR,
        ),
        Check(
            code="ADD_CHECK",
            fn=adds_check,
            message="ADDING check constraint",
            mode=CheckMode.TRANSACTION,
            type=CheckType.ERROR,
        ),
    ]


class Linter(MigrationLinter):
    """Asks for a reason as well where Python is run."""

    def lint_runpython(self, runpython: RunPython) -> tuple[list[Issue], list[Issue], list[Issue]]:
        """What is wrong with it: errors, what is ignored, warnings."""
        errors, ignored, warnings = super().lint_runpython(runpython)
        function = self.discover_function(runpython.code)
        if not function.__doc__:
            said = f"'{function.__name__}': RunPython does not say why old code gets on with it"
            errors.append(Issue(code="RUNPYTHON_REASON", message=said))
        return errors, ignored, warnings


def lint(apps: list[str]) -> bool:
    """Print what is wrong with these applications' migrations; whether nothing is."""
    linter = Linter(
        include_apps=apps,
        ignore_name=list(EXCEPTIONS),
        all_warnings_as_errors=True,
        exclude_migration_tests=["RUNPYTHON_ARGS_NAMING_CONVENTION"],
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.sql_analyser_class = Analyser
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
