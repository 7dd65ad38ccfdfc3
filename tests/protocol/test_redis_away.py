"""Redis ends while the site runs: people still come in, and guessing is still slowed down."""

import http.client
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from accounts.models import User
from collab.embedded.once import running
from collab.embedded.valkey import Valkey
from rooms.models import Workspace
from tests.protocol.conftest import database_url
from tests.protocol.node import Node
from tests.protocol.signin import LOGIN, Browser, sign_in_blocking

SIGNUP = "/account/signup/"


@pytest.fixture
def lonely(static_files: None, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """A node that served somebody, and whose Valkey has then stopped."""
    with tempfile.TemporaryDirectory(prefix="collab-lonely-", ignore_cleanup_errors=True) as folder, ExitStack() as up:
        Path(folder).chmod(0o711)
        valkey = up.enter_context(running(Valkey(Path(folder, "valkey"))))
        monkeypatch.setenv("REDIS_URL", valkey.url)
        node = Node(database_url())
        try:
            node.start()
            up.close()
            assert not valkey.is_ready()
            yield node
        finally:
            node.stop()


def form_of(browser: Browser, path: str, **fields: str) -> tuple[int, str]:
    """Fill in a form as somebody who looked at it."""
    browser.request("GET", path)
    status, body = browser.request("POST", path, fields | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
    return status, body.decode()


def test_people_sign_up_found_a_workspace_and_come_back_while_redis_is_away(lonely: Node) -> None:
    browser = Browser(lonely.site)
    form = {"name": "Grace", "email": "grace@example.org", "password1": "three plain words", "time_zone": "UTC"}
    assert form_of(browser, SIGNUP, **form)[0] == http.client.FOUND
    assert form_of(browser, "/workspaces/new/", name="Compilers")[0] == http.client.FOUND
    assert form_of(browser, "/account/logout/")[0] == http.client.FOUND
    workspace = Workspace.objects.get(name="Compilers")
    again = sign_in_blocking(lonely.site, "grace@example.org", "three plain words")
    status, body = again.request("GET", f"/w/{workspace.slug}/r/{workspace.general_id}/")
    assert (status, "Grace" in body.decode()) == (http.client.OK, True)


def test_guessing_is_slowed_down_while_redis_is_away(lonely: Node, ada: User) -> None:
    browser = Browser(lonely.site)
    said = [form_of(browser, LOGIN, login="ada@example.org", password="guess")[1] for _ in range(6)]
    assert ["Wait five minutes" in each for each in said] == [False] * 5 + [True]
