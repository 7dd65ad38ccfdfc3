from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from rooms.models import Role, Room, RoomMembership, Workspace
from tests.rooms.ages import days_ago, say

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
RENAME, LEAVE = {"do": "rename", "name": "Difference Engines"}, {"do": "leave"}


def page(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/settings/"


def name_of(workspace: Workspace) -> str:
    return Workspace.objects.get(pk=workspace.pk).name


def test_every_page_of_the_workspace_leads_to_its_settings(
    cleo: User, ben: User, general: Room, workspace: Workspace, as_: Visit
) -> None:
    for person, place in ((cleo, f"/w/{workspace.slug}/"), (ben, f"/w/{workspace.slug}/r/{general.pk}/")):
        assert f'href="{page(workspace)}"' in as_(person).get(place).content.decode()


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_whoever_manages_the_workspace_renames_it(ben: User, workspace: Workspace, as_: Visit, role: Role) -> None:
    workspace.memberships.filter(user=ben).update(role=role)
    html = as_(ben).post(page(workspace), RENAME, follow=True).content.decode()
    assert 'value="Difference Engines"' in html
    assert "Saved." in html
    assert name_of(workspace) == "Difference Engines"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST])
def test_others_rename_nothing_and_are_not_offered_it(ben: User, workspace: Workspace, as_: Visit, role: Role) -> None:
    workspace.memberships.filter(user=ben).update(role=role)
    before = name_of(workspace)
    assert 'value="rename"' not in as_(ben).get(page(workspace)).content.decode()
    assert "may not" in as_(ben).post(page(workspace), RENAME).content.decode()
    assert name_of(workspace) == before


@pytest.mark.parametrize(("name", "words"), [("", "Give it a name"), ("x" * 81, "too long"), ("\u202e", "1 to 80")])
def test_a_name_that_is_none_is_explained(ada: User, workspace: Workspace, as_: Visit, name: str, words: str) -> None:
    answer = as_(ada).post(page(workspace), {"do": "rename", "name": name})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert name_of(workspace) != name


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_person_leaves_the_workspace_and_all_its_rooms(
    room: Room, as_: Visit, who: str, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(who)
    assert as_(person).post(page(room.workspace), LEAVE, headers=HTMX)["HX-Redirect"] == "/"
    assert not RoomMembership.objects.filter(user=person, room__workspace=room.workspace).exists()
    assert as_(person).get(page(room.workspace)).status_code == 404


def test_a_person_leaves_without_scripts_too(ben: User, workspace: Workspace, as_: Visit) -> None:
    assert as_(ben).post(page(workspace), LEAVE)["Location"] == "/"
    assert not workspace.memberships.filter(user=ben).exists()


def test_the_last_owner_stays_and_is_told_why(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    for headers in (HTMX, {}):
        answer = as_(ada).post(page(workspace), LEAVE, headers=headers)
        assert answer.status_code == 409
        assert "needs an owner" in answer.content.decode()
    assert workspace.memberships.filter(user=ada, role=Role.OWNER).exists()


def test_the_settings_of_a_hidden_workspace_are_nowhere(mallory: User, workspace: Workspace, as_: Visit) -> None:
    before = name_of(workspace)
    answers = [as_(mallory).get(page(workspace)), *(as_(mallory).post(page(workspace), do) for do in (RENAME, LEAVE))]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert name_of(workspace) == before


def test_what_is_no_deed_is_refused(ada: User, workspace: Workspace, as_: Visit) -> None:
    assert as_(ada).post(page(workspace), {"do": "burn"}).status_code == 403


# --- how long messages are kept ------------------------------------------------------------------------


def days_of(workspace: Workspace) -> int | None:
    return Workspace.objects.get(pk=workspace.pk).keep_days


def keep(days: str, **more: str) -> dict[str, str]:
    return {"do": "keep", "days": days, **more}


def test_an_owner_is_told_what_goes_before_a_shorter_time_holds(
    ada: User, room: Room, workspace: Workspace, as_: Visit
) -> None:
    with days_ago(31.1):
        for _ in range(2):
            say(ada, room)
    asked = as_(ada).post(page(workspace), keep("30"))
    html = " ".join(asked.content.decode().split())
    assert asked.status_code == 400
    assert "2 messages of more than 30 days ago will be deleted" in html
    assert "cannot be brought back" in html
    assert days_of(workspace) is None
    html = as_(ada).post(page(workspace), keep("30", confirmed="30"), follow=True).content.decode()
    assert "Saved." in html
    assert 'value="30"' in html
    assert days_of(workspace) == 30


def test_where_nothing_is_that_old_yet_it_is_asked_all_the_same(ada: User, workspace: Workspace, as_: Visit) -> None:
    assert "No message is that old yet." in as_(ada).post(page(workspace), keep("90")).content.decode()
    assert days_of(workspace) is None


def test_one_number_that_is_confirmed_lets_no_other_through(ada: User, workspace: Workspace, as_: Visit) -> None:
    assert as_(ada).post(page(workspace), keep("7", confirmed="30")).status_code == 400
    assert days_of(workspace) is None


def test_a_longer_time_and_for_ever_need_no_confirmation(ada: User, workspace: Workspace, as_: Visit) -> None:
    Workspace.objects.update(keep_days=7)
    assert as_(ada).post(page(workspace), keep("365")).status_code == 302
    assert days_of(workspace) == 365
    assert as_(ada).post(page(workspace), keep("")).status_code == 302
    assert days_of(workspace) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("0", "7 to 3,650 days"),
        ("-30", "7 to 3,650 days"),
        ("6", "7 to 3,650 days"),
        ("9" * 400, "7 to 3,650 days"),
        ("9" * 5000, "Type a number of days"),
        ("a month", "Type a number of days"),
        ("30.5", "Type a number of days"),
        (" ", "Type a number of days"),
        ("30 days", "Type a number of days"),
        ("\0", "Type a number of days"),
    ],
)
def test_what_is_no_time_is_explained_and_changes_nothing(
    ada: User, workspace: Workspace, as_: Visit, days: str, words: str
) -> None:
    Workspace.objects.update(keep_days=90)
    answer = as_(ada).post(page(workspace), keep(days, confirmed=days))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert days_of(workspace) == 90


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.GUEST])
def test_others_are_told_how_long_and_change_nothing(ben: User, workspace: Workspace, as_: Visit, role: Role) -> None:
    workspace.memberships.filter(user=ben).update(role=role)
    assert "kept for ever" in as_(ben).get(page(workspace)).content.decode()
    Workspace.objects.update(keep_days=30)
    html = as_(ben).get(page(workspace)).content.decode()
    assert "deleted when they are 30 days old" in html
    assert 'name="days"' not in html
    assert "Only owners" in as_(ben).post(page(workspace), keep("", confirmed="")).content.decode()
    assert days_of(workspace) == 30


def test_an_outsider_changes_nothing(mallory: User, workspace: Workspace, as_: Visit) -> None:
    assert as_(mallory).post(page(workspace), keep("30", confirmed="30")).status_code == 404
    assert days_of(workspace) is None
