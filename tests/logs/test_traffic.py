"""Real traffic through a node, a worker and a mail server, all at DEBUG: what stands in their logs, what not."""

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.actions.invitations import invite_by_mail
from rooms.models import Invitation, Role, Room, Workspace
from tests.live.waiting import until
from tests.logs.conftest import MARKER
from tests.protocol.node import Node
from tests.protocol.signin import Browser

if TYPE_CHECKING:
    from tests.logs.conftest import Site

EMAIL, PASSWORD = f"{MARKER}@example.org", "correct-horse-0815-staple"
KEY = re.compile(r"/account/password/reset/key/(\S+?)/")


def answer(browser: Browser, path: str, **form: str) -> tuple[int, str]:
    """Status and body of a form that was sent, or of a page where it is empty."""
    if form:
        browser.request("GET", path)
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
    status, body = browser.request("POST" if form else "GET", path, form or None)
    return status, body.decode()


def come_and_go(site: "Site") -> Browser:
    """Sign up, out, in with a wrong password, and ask for a new one."""
    browser = Browser(site.node.site)
    status, page = answer(browser, "/account/signup/", name=MARKER, email=EMAIL, password1=PASSWORD, time_zone="UTC")
    assert status == 302, page
    answer(browser, "/account/logout/", sure="yes")
    assert answer(browser, "/account/login/", login=EMAIL, password=f"{PASSWORD}-wrong")[0] == 200
    assert answer(browser, "/account/password/reset/", email=EMAIL)[0] == 302
    return browser


def follow_links(site: "Site", browser: Browser, token: str) -> str:
    """Open an invitation, also one that is none, and the link for a new password; the key in it."""
    assert answer(browser, f"/join/{token}/")[0] == 200
    assert answer(browser, f"/join/{token}x/")[0] == 404
    key = next(found[1] for mail in site.postman.mails if (found := KEY.search(mail)))
    assert answer(browser, f"/account/password/reset/key/{key}/")[0] == 302
    return key


async def talk(node: Node, user: User, room: Room) -> int:
    """Say something, and be refused; the seq of what was said."""
    from tests.live.sockets import sign_in
    from tests.protocol.program import PATIENCE, Program

    program = Program(node.site, await sync_to_async(sign_in)(user))
    async with asyncio.timeout(PATIENCE):
        await program.client.start()
    seq = await program.says(room.pk, f"Hear: {MARKER}")
    await program.refused("post", room=room.pk + 1_000, client_id="0" * 8 + "-0000-4000-8000-000000000000", text=MARKER)
    await program.refused("edit", room=room.pk, message=seq + 50, text=MARKER)
    await program.client.stop()
    return seq


def send_mails(workspace: Workspace, by: User) -> Invitation:
    """Invite two, of whom the mail server takes one; have the worker send."""
    from collab.celery import app

    emails = [f"{MARKER}-guest@example.org", f"nobody-{MARKER}@example.org"]
    made = invite_by_mail(by=workspace.memberships.get(user=by), emails=emails, role=Role.MEMBER)
    app.send_task("rooms.tasks.send_deliveries")
    return made[0]


@pytest.mark.django_db(transaction=True)
async def test_each_line_says_what_happened_and_none_what_people_wrote_or_keep(
    site: "Site", ada: User, workspace: Workspace, room: Room
) -> None:
    browser = await asyncio.to_thread(come_and_go, site)
    seq = await talk(site.node, ada, room)
    invitation = await sync_to_async(send_mails)(workspace, ada)
    key = await asyncio.to_thread(follow_links, site, browser, invitation.token)
    broken = {page: await asyncio.to_thread(answer, browser, f"/{page}/") for page in ("crash", "collide", "misspeak")}
    await until(
        lambda: bool(site.said("delivery_failed") and site.said("delivery_sent") and site.said("socket_closed"))
    )

    text = site.text()
    secrets = [MARKER, EMAIL, PASSWORD, key, invitation.token, *filter(None, browser.cookies.values())]
    assert [line for line in text.splitlines() if any(secret in line for secret in secrets)] == []
    lines = site.lines()
    for line in lines:
        assert list(line)[:4] == ["timestamp", "level", "event", "logger"]
        assert line["pid"]
    assert [status for status, _ in broken.values()] == [500, 500, 200]
    check_accounts(site)
    check_socket(site, ada, room, seq)
    check_errors(site, broken["crash"][1])
    check_worker(site)


def check_accounts(site: "Site") -> None:
    for event in ("signed_up", "signed_in", "signed_out", "sign_in_failed"):
        [line] = site.said(event)
        assert line["request"]
    assert (
        site.said("signed_in")[0]["person"]
        == site.said("signed_up")[0]["person"]
        == site.said("signed_out")[0]["person"]
    )
    assert "person" not in site.said("sign_in_failed")[0]


def check_socket(site: "Site", user: User, room: Room, seq: int) -> None:
    [closed] = site.said("socket_closed")
    assert closed["person"] == user.pk
    assert closed["reason"] == "client"
    assert closed["greeted"]
    assert closed["refused"] == {"room_not_found": 1, "message_not_found": 1}
    assert 0 <= closed["seconds"] < 60
    refused = site.said("command_refused")
    assert [line["code"] for line in refused] == ["room_not_found", "message_not_found"]
    for line in (*refused, *site.said("greeted"), *site.said("socket_opened")):
        assert (line["socket"], line["person"]) == (closed["socket"], user.pk)
        assert line["node"] == closed["node"]
    [stored] = [line for line in site.said("event_stored") if line["draft"] == "PostMessage"]
    assert (stored["room"], stored["seq"], stored["person"]) == (room.pk, seq, user.pk)
    # What is done for all is not written down as one's.
    for line in (*site.said("layer_up"), *site.said("node_started")):
        assert not {"socket", "person", "request"} & line.keys()


def check_errors(site: "Site", page: str) -> None:
    crash, collision = site.said("request_failed")
    assert (crash["route"], crash["method"], crash["level"]) == ("crash/", "GET", "error")
    assert crash["request"] in page
    assert "in crash" in crash["exception"]
    assert crash["exception"].endswith("KeyError")
    assert "IntegrityError: SQLSTATE 23505, accounts_user" in collision["exception"]
    assert "SQLSTATE 22P02" in next(line["exception"] for line in site.said("Refused: DataError: SQLSTATE 22P02"))
    assert site.said("No such thing: …, '…'")
    assert site.said("Task exception was never retrieved")


def check_worker(site: "Site") -> None:
    [sent], [failed] = site.said("delivery_sent"), site.said("delivery_failed")
    assert sent["task"] == failed["task"] == "rooms.tasks.send_deliveries"
    assert sent["task_id"] == failed["task_id"]
    assert failed["error"].startswith("SMTPRecipientsRefused")
    assert sent["pid"] != site.said("node_started")[0]["pid"]
