from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from rooms.models import Role, Room, RoomMembership, Workspace

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
