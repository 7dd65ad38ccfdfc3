"""Static files as a site serves them: names with a hash, and modules that find each other by those names."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

IMPORT = re.compile(r'^(?:import|export)\b[^;"]*"(\.[^"]+)";|\bimport\("(\.[^"]+)"\)', re.MULTILINE)


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """The folder that a site serves."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "collab.staticfiles.ModuleStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_every_module_is_reached_from_the_entry_under_its_hashed_name(collected: Path) -> None:
    entry = collected / staticfiles_storage.stored_name("js/app.js")  # type: ignore[attr-defined]
    reached, waiting = set(), [entry]
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        found = IMPORT.findall(module.read_text())
        # Comments import types; browsers do not.
        names_of_modules = (one or other for one, other in found)
        waiting += [(module.parent / name).resolve() for name in names_of_modules if name.endswith(".js")]
    names = {re.sub(r"\.[0-9a-f]{12}\.js$", ".js", str(each.relative_to(collected))) for each in reached}
    assert [each.name for each in reached if not re.search(r"\.[0-9a-f]{12}\.js$", each.name)] == []
    source = Path("static/js")
    assert {str(each.relative_to("static")) for each in source.rglob("*.js")} <= names


def test_browsers_find_the_icon_where_they_look_for_it(collected: Path, client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert (collected / answer["Location"].removeprefix("/static/")).is_file()
