import datetime
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.people import deactivate
from accounts.models import User
from rooms.access import access_room
from rooms.actions.invitations import create_link, invite_by_mail, revoke
from rooms.actions.room_people import add_people
from rooms.deliveries import sender
from rooms.models import Invitation, Membership, Role, Room, RoomMembership, Workspace

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
LINK = {"do": "link", "role": "member", "days": "7", "max_uses": "", "emails": ""}


def page(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/people/"


@pytest.fixture
def by_ada(ada: User, workspace: Workspace) -> Membership:
    return workspace.memberships.get(user=ada)


@pytest.fixture
def stranger(db: None) -> User:
    """Signed up, in no workspace."""
    return User.objects.create_user("grace@example.org", "grace-password", name="Grace")


def test_everyone_is_listed_with_their_role(ada: User, ben: User, cleo: User, workspace: Workspace, as_: Visit) -> None:
    html = as_(ada).get(page(workspace)).content.decode()
    assert all(handle in html for handle in ("@ada", "@ben", "@cleo"))
    found = as_(ada).get(page(workspace) + "?q=cle", headers=HTMX).content.decode()
    assert "@cleo" in found
    assert "@ben" not in found


def test_a_guest_sees_only_people_they_share_a_room_with(
    ada: User, ben: User, cleo: User, room: Room, as_: Visit
) -> None:
    assert "@ben" not in as_(cleo).get(page(room.workspace)).content.decode()
    add_people(access=access_room(ada, room.pk), people=[cleo])
    assert "@ben" in as_(cleo).get(page(room.workspace)).content.decode()


def test_an_owner_changes_roles_and_a_member_does_not(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    as_(ada).post(page(workspace), {"do": "role", "person": ben.pk, "role": "admin"}, headers=HTMX)
    assert workspace.memberships.get(user=ben).role == Role.ADMIN
    workspace.memberships.filter(user=ben).update(role=Role.MEMBER)
    as_(ben).post(page(workspace), {"do": "role", "person": ben.pk, "role": "owner"}, headers=HTMX)
    assert workspace.memberships.get(user=ben).role == Role.MEMBER


def test_the_last_owner_stays_one(ada: User, workspace: Workspace, as_: Visit) -> None:
    html = as_(ada).post(page(workspace), {"do": "role", "person": ada.pk, "role": "member"}, headers=HTMX)
    assert "needs an owner" in html.content.decode()
    assert workspace.memberships.get(user=ada).role == Role.OWNER


def test_an_owner_removes_a_member_from_all_rooms(ada: User, ben: User, room: Room, as_: Visit) -> None:
    as_(ada).post(page(room.workspace), {"do": "remove", "person": ben.pk})
    assert not RoomMembership.objects.filter(user=ben, room__workspace=room.workspace).exists()
    assert as_(ben).get(f"/w/{room.workspace.slug}/r/{room.pk}/").status_code == 404


def test_a_member_removes_nobody(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    html = as_(ben).post(page(workspace), {"do": "remove", "person": ada.pk}, headers=HTMX).content.decode()
    assert "may not" in html
    assert workspace.memberships.filter(user=ada).exists()


def test_people_of_other_workspaces_are_nobody_here(ada: User, mallory: User, workspace: Workspace, as_: Visit) -> None:
    answer = as_(ada).post(page(workspace), {"do": "role", "person": mallory.pk, "role": "guest"}, headers=HTMX)
    assert "no such person" in answer.content.decode()


@pytest.mark.parametrize("do", ["", "promote"])
def test_a_deed_that_is_none_is_refused(ada: User, workspace: Workspace, as_: Visit, do: str) -> None:
    assert as_(ada).post(page(workspace), {"do": do}).status_code == 403


def test_a_link_is_made_and_shown(ada: User, room: Room, as_: Visit) -> None:
    answer = as_(ada).post(
        page(room.workspace), {**LINK, "role": "guest", "max_uses": "5", "rooms": [room.pk]}, headers=HTMX
    )
    invitation = Invitation.objects.get()
    assert f"http://localhost:8000/join/{invitation.token}/" in answer.content.decode()
    assert (invitation.role, invitation.max_uses, list(invitation.rooms.all())) == ("guest", 5, [room])
    assert invitation.expires_at is not None


@pytest.mark.parametrize(
    "wrong", [{"role": "owner"}, {"role": ""}, {"days": "9999"}, {"max_uses": "0"}, {"max_uses": "x"}, {"rooms": ["0"]}]
)
def test_a_link_with_terms_that_are_none_is_not_made(
    ada: User, workspace: Workspace, as_: Visit, wrong: dict[str, object]
) -> None:
    answer = as_(ada).post(page(workspace), {**LINK, **wrong}, headers=HTMX)
    assert "field__error" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_people_are_invited_by_mail(ada: User, workspace: Workspace, as_: Visit) -> None:
    answer = as_(ada).post(
        page(workspace), {**LINK, "do": "mail", "emails": "Grace@example.org; alan@example.org"}, headers=HTMX
    )
    assert sender.send_due() == 2
    assert "Sent" in answer.content.decode()
    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {"grace@example.org", "alan@example.org"}
    token = Invitation.objects.get(email="grace@example.org").token
    message = sent["grace@example.org"]
    assert message.subject == "Ada invites you to Analytical Engines"
    assert f"http://localhost:8000/join/{token}/" in message.body
    assert f"http://localhost:8000/join/{token}/" in str(message.message())


@pytest.mark.parametrize(
    ("emails", "words"),
    [
        ("", "at least one"),
        ("nobody", "no e-mail address"),
        ("a@example.org, <b>", "&lt;b&gt;"),
        ("a@b.org " * 51, "50"),
    ],
)
def test_addresses_that_are_none_are_explained(
    ada: User, workspace: Workspace, as_: Visit, emails: str, words: str
) -> None:
    answer = as_(ada).post(page(workspace), {**LINK, "do": "mail", "emails": emails}, headers=HTMX)
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()


def test_members_invite_members_only_and_guests_nobody(ben: User, cleo: User, workspace: Workspace, as_: Visit) -> None:
    as_(ben).post(page(workspace), {**LINK, "role": "admin"}, headers=HTMX)
    assert not Invitation.objects.exists()
    as_(ben).post(page(workspace), LINK, headers=HTMX)
    assert Invitation.objects.get().role == "member"
    as_(cleo).post(page(workspace), LINK, headers=HTMX)
    assert Invitation.objects.count() == 1
    assert as_(cleo).get(page(workspace) + "?invite=1", headers=HTMX).status_code == 403


def test_an_invitation_is_withdrawn(by_ada: Membership, ada: User, workspace: Workspace, as_: Visit) -> None:
    invitation = create_link(by=by_ada, role="member")
    html = as_(ada).post(page(workspace), {"do": "revoke", "invitation": invitation.pk}, headers=HTMX).content.decode()
    assert "No invitation is open" in html
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 30])
def test_an_invitation_that_is_none_cannot_be_withdrawn(ada: User, workspace: Workspace, as_: Visit, pk: str) -> None:
    assert as_(ada).post(page(workspace), {"do": "revoke", "invitation": pk}).status_code == 404


def test_invitations_of_other_workspaces_cannot_be_withdrawn(by_ada: Membership, mallory: User, as_: Visit) -> None:
    invitation = create_link(by=by_ada, role="member")
    elsewhere = mallory.workspaces.get()
    assert as_(mallory).post(page(elsewhere), {"do": "revoke", "invitation": invitation.pk}).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_an_invitation_shows_who_invites_where(by_ada: Membership, stranger: User, as_: Visit) -> None:
    link = f"/join/{create_link(by=by_ada, role='member').token}/"
    html = as_(stranger).get(link).content.decode()
    assert "Join Analytical Engines" in html
    assert "Ada" in html
    assert not by_ada.workspace.memberships.filter(user=stranger).exists()


def test_an_invitation_is_accepted_by_post(by_ada: Membership, stranger: User, as_: Visit) -> None:
    link = f"/join/{create_link(by=by_ada, role='member').token}/"
    answer = as_(stranger).post(link, follow=True)
    assert answer.redirect_chain[-1][0] == f"/w/{by_ada.workspace.slug}/r/{by_ada.workspace.general_id}/"
    assert as_(stranger).get(link)["Location"] == f"/w/{by_ada.workspace.slug}/"


@pytest.mark.parametrize("over", ["revoked_at", "expires_at", "max_uses"])
def test_a_member_goes_in_by_a_link_that_lets_nobody_else_in(
    by_ada: Membership, ben: User, stranger: User, as_: Visit, over: str
) -> None:
    link = create_link(by=by_ada, role="member")
    Invitation.objects.filter(pk=link.pk).update(**{over: 0 if over == "max_uses" else timezone.now()})
    path = f"/join/{link.token}/"
    for answer in (as_(ben).get(path), as_(ben).post(path)):
        assert answer.status_code == 302
        assert answer["Location"] == f"/w/{by_ada.workspace.slug}/"
    for client in (as_(stranger), Client()):
        assert "This invitation does not work" in client.get(path).content.decode()


def test_whoever_is_signed_out_may_sign_up_by_it_and_comes_back(by_ada: Membership, settings: object) -> None:
    settings.SIGNUP_OPEN = False  # type: ignore[attr-defined]
    link, client = f"/join/{create_link(by=by_ada, role='member').token}/", Client()
    html = client.get(link).content.decode()
    assert f"/account/signup/?next={link}" in html
    assert "password" in client.get(f"/account/signup/?next={link}").content.decode()
    assert client.post(link)["Location"] == link


@pytest.mark.parametrize(
    ("state", "words", "status"),
    [
        ({"expires_at": timezone.now() - datetime.timedelta(days=1)}, "expired", 410),
        ({"max_uses": 3, "uses": 3}, "as often as it may", 410),
        ({"revoked_at": timezone.now()}, "withdrawn", 410),
    ],
)
def test_an_invitation_that_is_over_says_why(
    by_ada: Membership, stranger: User, as_: Visit, state: dict[str, object], words: str, status: int
) -> None:
    invitation = create_link(by=by_ada, role="member")
    Invitation.objects.filter(pk=invitation.pk).update(**state)
    for answer in (as_(stranger).get(f"/join/{invitation.token}/"), as_(stranger).post(f"/join/{invitation.token}/")):
        assert answer.status_code == status
        assert words in answer.content.decode()
    assert not by_ada.workspace.memberships.filter(user=stranger).exists()


def test_a_mail_that_nobody_offers_any_more_is_not_sent(ben: User, by_ada: Membership) -> None:
    invite_by_mail(by=by_ada.workspace.memberships.get(user=ben), emails=["alan@example.org"], role="member")
    deactivate(user=ben)
    sender.send_due()
    assert not mail.outbox


def test_an_invitation_of_somebody_who_is_kept_out_is_withdrawn(
    by_ada: Membership, ben: User, stranger: User, as_: Visit
) -> None:
    Membership.objects.filter(user=ben).update(role="admin")
    invitation = create_link(by=by_ada.workspace.memberships.get(user=ben), role="admin")
    link = f"/join/{invitation.token}/"
    assert "Join Analytical Engines" in as_(stranger).get(link).content.decode()
    deactivate(user=ben)
    for answer in (as_(stranger).get(link), Client().get(link), as_(stranger).post(link)):
        assert answer.status_code == 410
        assert "This invitation was withdrawn." in answer.content.decode()
    assert not by_ada.workspace.memberships.filter(user=stranger).exists()
    assert link not in as_(by_ada.user).get(page(by_ada.workspace)).content.decode()


def test_an_invitation_that_never_was_says_so(stranger: User, as_: Visit) -> None:
    answer = as_(stranger).get("/join/nonsense/")
    assert answer.status_code == 404
    assert "does not exist" in answer.content.decode()


@pytest.mark.parametrize("token", ["%00", "a%00b", "%F0%9F%A6%89", "%20", "x" * 3000])
def test_what_is_no_token_is_nowhere(stranger: User, as_: Visit, token: str) -> None:
    for client in (as_(stranger), Client()):
        assert client.get(f"/join/{token}/").status_code == 404
        assert client.post(f"/join/{token}/").status_code in {302, 404}


def test_an_invitation_for_someone_else_lets_nobody_else_in(by_ada: Membership, stranger: User, as_: Visit) -> None:
    for_alan = invite_by_mail(by=by_ada, emails=["alan@example.org"], role="member")[0]
    answer = as_(stranger).post(f"/join/{for_alan.token}/")
    assert answer.status_code == 403
    assert "another e-mail address" in answer.content.decode()
    assert not by_ada.workspace.memberships.filter(user=stranger).exists()


def test_a_withdrawn_invitation_opens_no_sign_up(by_ada: Membership, settings: object) -> None:
    settings.SIGNUP_OPEN = False  # type: ignore[attr-defined]
    invitation, client = create_link(by=by_ada, role="member"), Client()
    client.get(f"/join/{invitation.token}/")
    revoke(by=by_ada, invitation=invitation)
    client.get(f"/join/{invitation.token}/")
    assert "invitation" not in client.session
