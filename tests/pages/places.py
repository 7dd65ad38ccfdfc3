"""A running site with its cast: where tests of pages take place."""

import subprocess
import sys
import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from collab.embedded.postgres import Postgres
from tests.collab.running import PROJECT, RunningSite, environment
from tests.pages.people import Person

SLUG = "analytical-engines"
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Dora", "Eve", "Mallory")


class Place:
    """The site, its address and a look into its database."""

    def __init__(self, running: RunningSite) -> None:
        self.running = running
        self.url = f"http://localhost:{running.port}"

    def rows(self, query: LiteralString, *values: object) -> list[dict[str, Any]]:
        """What the site's own database holds."""
        address = Postgres(self.running.var / "postgres").url
        with psycopg.connect(address, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def change(self, query: LiteralString, *values: object) -> None:
        """For what time alone would bring, such as the end of an invitation."""
        with psycopg.connect(Postgres(self.running.var / "postgres").url) as connection:
            connection.execute(query, values)

    def run(self, code: str) -> None:
        """For what the site does by its own clock."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        subprocess.run(command, cwd=PROJECT, env=environment(VAR_DIR=str(self.running.var)), check=True, timeout=60)

    def kill_web(self) -> None:
        """As a power cut ends Daphne; `up` starts another."""
        self.running.child("collab.asgi").kill()


class Cast:
    """Ada owns the workspace; Ben, Dan, Dora and Eve are members; Cleo is a guest; Mallory an outsider."""

    def __init__(self, place: Place) -> None:
        self.place = place
        people = [Person(place.running.port, name) for name in NAMES]
        self.ada, self.ben, self.cleo, self.dan, self.dora, self.eve, self.mallory = people
        for person in people:
            person.sign_up()
            person.id = place.rows("SELECT id FROM accounts_user WHERE email = %s", person.email)[0]["id"]
        self.ada.post("/workspaces/new/", name="Analytical Engines")
        self.general = int(self.ada.api("GET", "workspaces/")[0]["general"])
        self.come_in()

    def come_in(self) -> None:
        for person in (self.ben, self.dan, self.dora, self.eve):
            person.post(self.invitation(role="member"))
        self.cleo.post(self.invitation(role="guest"))
        self.mallory.post("/workspaces/new/", name="Elsewhere")

    def invitation(self, **terms: object) -> str:
        """The path of a new invitation by Ada."""
        self.ada.post(f"/w/{SLUG}/people/", **({"do": "link", "role": "member"} | terms))
        token = self.place.rows("SELECT token FROM rooms_invitation ORDER BY id DESC LIMIT 1")[0]["token"]
        return f"/join/{token}/"

    def room(self, *people: Person, **room: object) -> int:
        """A new public room of Ada's with these people in it."""
        made = {"name": f"room {uuid.uuid4().hex[:8]}", "people": ids(people)} | room
        return int(self.ada.api("POST", f"workspaces/{SLUG}/rooms/", **made)["id"])

    def settle(self, by: Person, room: int, do: str, /, **form: object) -> None:
        """What is done in a room's panel of details."""
        by.post(f"/w/{SLUG}/r/{room}/details/", do=do, **form)


def ids(people: Sequence[Person]) -> list[int]:
    return [person.id for person in people]


def room_path(room: int) -> str:
    return f"/w/{SLUG}/r/{room}/"
