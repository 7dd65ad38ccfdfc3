#!/usr/bin/env python
"""Run one of the site's commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Find the site's settings, then hand over to Django."""
    from django.core.management import execute_from_command_line

    from collab.doctor.bad_settings import settle
    from collab.embedded.environment import complete
    from collab.embedded.errors import CannotStart

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")
    try:
        if sys.argv[1:2] == ["doctor"]:
            # It tells what is wrong with the settings among the rest.
            settle(os.environ)
        else:
            complete(os.environ, starting=bool({"up", "demo", "restore"} & set(sys.argv[1:2])))
    except CannotStart as error:
        sys.exit(f"collab: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package in {"accounts", "collab", "rooms"}:
            raise
        sys.exit(f"collab: the package {package} is not installed. Delete .venv and start again with: make up")
