"""What has ended is forgotten after a while, and nothing sooner."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from collab.celery import app
from rooms.actions.ended_invitations import KEPT, forget_ended
from rooms.actions.invitations import create_link, invite_by_mail
from rooms.deliveries import sender
from rooms.models import Delivery, Invitation, Membership, Role, Workspace

LONG_AGO = timezone.now() - KEPT - datetime.timedelta(hours=1)
OF_LATE = timezone.now() - KEPT + datetime.timedelta(hours=1)


@pytest.fixture
def by(ada: User, workspace: Workspace) -> Membership:
    return Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)


ENDED = [
    {"expires_at": LONG_AGO},
    {"revoked_at": LONG_AGO},
    {"created_at": LONG_AGO, "max_uses": 3, "uses": 3},
    {"created_at": LONG_AGO, "created_by": None},
]
NOT_ENDED_LONG = [
    {"expires_at": OF_LATE},
    {"revoked_at": OF_LATE},
    {"created_at": OF_LATE, "max_uses": 3, "uses": 3},
    {"created_at": OF_LATE, "created_by": None},
    {"created_at": LONG_AGO},
    {"created_at": LONG_AGO, "expires_at": timezone.now() + datetime.timedelta(days=900)},
    {"created_at": LONG_AGO, "max_uses": 3, "uses": 2},
]


@pytest.mark.parametrize("fields", ENDED)
def test_an_invitation_that_ended_long_ago_is_forgotten(by: Membership, fields: dict[str, object]) -> None:
    [ended] = invite_by_mail(by=by, emails=["eve@example.org"], role=Role.MEMBER)
    Invitation.objects.filter(pk=ended.pk).update(expires_at=None)
    Invitation.objects.filter(pk=ended.pk).update(**fields)
    assert forget_ended() == 1
    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()
    assert forget_ended() == 0


@pytest.mark.parametrize("fields", NOT_ENDED_LONG)
def test_one_that_is_open_or_ended_of_late_stays(by: Membership, fields: dict[str, object]) -> None:
    link = create_link(by=by, role=Role.MEMBER, days=None)
    Invitation.objects.filter(pk=link.pk).update(**fields)
    assert forget_ended() == 0
    assert Invitation.objects.filter(pk=link.pk).exists()


@pytest.mark.parametrize(
    ("state", "days", "left"),
    [("sent", 31, 0), ("sent", 29, 1), ("not_needed", 31, 0), ("dead", 31, 1), ("dead", 91, 0), ("retrying", 400, 1)],
)
def test_mails_are_forgotten_when_they_are_done_with(ada: User, state: str, days: int, left: int) -> None:
    then = timezone.now() - datetime.timedelta(days=days)
    Delivery.objects.create(kind="messages", user=ada, state=state, created_at=then, due_at=then)
    sender.clear()
    assert Delivery.objects.count() == left


def test_celery_knows_everything_that_its_clock_asks_for() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked <= set(app.tasks)
    assert {f"rooms.tasks.{name}" for name in ("trim_logs", "expire_messages", "clear_invitations")} <= asked
