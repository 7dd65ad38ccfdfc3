"""The site from one command: it answers, keeps what it has, heals, and leaves nothing behind."""

import http.client
import re
import signal
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psutil
import psycopg
import pytest

from collab.embedded.postgres import Postgres
from tests.collab.running import RunningSite, free_port

MARKS = {
    "web": "collab.asgi",
    "worker": " worker ",
    "beat": " beat ",
    "canary": "manage.py canary",
    "valkey": "valkey-server",
    "postgres": "/data ",
}


def status(port: int, path: str = "/") -> int | None:
    """What the site answers; None while it does not."""
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def ask_for_a_new_password(port: int, email: str) -> None:
    """As a browser does it that keeps its cookies."""
    browser = build_opener(HTTPCookieProcessor())
    address = f"http://localhost:{port}/account/password/reset/"
    page = browser.open(address, timeout=10).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    browser.open(address, urlencode({"csrfmiddlewaretoken": token[1], "email": email}).encode(), timeout=10)


def await_answer(port: int) -> None:
    end = time.monotonic() + 30
    while status(port, "/health/ready") != 200:
        assert time.monotonic() < end
        time.sleep(0.1)


def note(site: RunningSite, text: str | None = None) -> list[str]:
    """Write something into the site's database, or only read what is there."""
    postgres = Postgres(site.var / "postgres")
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        if text is not None:
            connection.execute("INSERT INTO note VALUES (%s)", [text])
        return [row[0] for row in connection.execute("SELECT text FROM note")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("up") / "var"
    folder.parent.parent.chmod(0o711)
    site = RunningSite(folder, free_port(), "make", "up")
    try:
        site.await_line("Ready: http://localhost")
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


def test_it_answers(site: RunningSite) -> None:
    assert status(site.port) == 200


def test_a_mail_of_the_embedded_site_is_there_to_be_read(site: RunningSite) -> None:
    """What the children write is read at all: a pipe that nobody empties would stop them in the end."""
    seen = len(site.lines)
    ask_for_a_new_password(site.port, "whoever@example.org")
    site.await_line("To: whoever@example.org", after=seen)


def test_what_its_processes_write_is_made_for_people(site: RunningSite) -> None:
    seen = len(site.lines)
    connection = http.client.HTTPConnection("localhost", site.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "elsewhere.example"})
    assert connection.getresponse().status == 400
    connection.close()
    line = site.await_line("host_unknown", after=seen)
    assert line.startswith("web")
    assert "host=elsewhere.example" in line
    assert "{" not in line


def test_the_secret_key_is_for_its_owner_alone(site: RunningSite) -> None:
    assert (site.var / "secret_key").stat().st_mode & 0o777 == 0o600


def test_only_its_own_user_and_root_reach_the_servers(site: RunningSite) -> None:
    for folder in (site.var / "postgres", site.var / "valkey"):
        assert folder.stat().st_mode & 0o077 == 0


def test_nothing_listens_on_the_network_but_the_site_on_loopback(site: RunningSite) -> None:
    listening = [
        connection.laddr
        for process in site.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", site.port)]


@pytest.mark.parametrize("name", MARKS)
def test_a_killed_child_is_named_and_comes_back(site: RunningSite, name: str) -> None:
    said = len(site.lines)
    killed = site.child(MARKS[name])

    killed.kill()

    site.await_line(rf"{name} \(process {killed.pid}\) was killed by SIGKILL\. Starting it again", after=said)
    end = time.monotonic() + 30
    while not any(MARKS[name] in " ".join(process.cmdline()) for process in living(site)):
        assert time.monotonic() < end
        time.sleep(0.1)
    await_answer(site.port)


def living(site: RunningSite) -> list[psutil.Process]:
    return [process for process in site.processes() if process.status() != psutil.STATUS_ZOMBIE]


def test_a_second_up_on_the_same_folder_says_who_is_there(site: RunningSite) -> None:
    up = psutil.Process(site.process.pid).children()[0]
    second = RunningSite(site.var, free_port())
    second.await_line(rf"collab: already running on .*process {up.pid}, http://localhost:{site.port}")
    assert second.process.wait(30) == 1


def test_sigterm_to_make_ends_all_and_a_second_start_keeps_everything(site: RunningSite) -> None:
    await_answer(site.port)
    key = (site.var / "secret_key").read_text()
    assert note(site, "kept") == ["kept"]
    started = site.processes()
    assert len(started) >= 6

    site.stop(signal.SIGTERM)

    psutil.wait_procs(started, timeout=5)
    assert not [process for process in started if process.is_running()]
    assert "Traceback" not in "\n".join(site.lines)

    # Started without make, and ended suddenly.
    again = RunningSite(site.var, site.port)
    try:
        again.await_line("Ready: ")
        assert not [line for line in again.lines if "Making" in line]
        assert note(again) == ["kept"]
        assert (site.var / "secret_key").read_text() == key
        started = again.processes()
    finally:
        again.process.kill()

    if sys.platform != "linux":
        pytest.skip("elsewhere the next start clears what a killed one left")
    _, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
