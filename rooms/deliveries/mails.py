"""Deliveries as mails."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from rooms.deliveries.digest import Digest
from rooms.models import Delivery, Invitation

STOPS = signing.Signer(salt="rooms.unsubscribe")


def mail_of_messages(delivery: Delivery, told: Digest) -> EmailMultiAlternatives:
    """What a person missed, with links to go on from and one to have no more of these mails."""
    stop = address_to_stop(told.user.pk)
    context = {"digest": told, "stop": stop, "site_url": settings.SITE_URL}
    mail = _mail(delivery, "messages", subject_of(told), context)
    # RFC 8058: the mail program's own button unsubscribes with one POST.
    mail.extra_headers["List-Unsubscribe"] = f"<{stop}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def mail_of_invitation(delivery: Delivery, invitation: Invitation) -> EmailMultiAlternatives:
    """A link into a workspace."""
    inviter = invitation.created_by.name if invitation.created_by else "Collab"
    url = settings.SITE_URL + reverse("invitation", args=[invitation.token])
    context = {"invitation": invitation, "url": url, "site_url": settings.SITE_URL}
    return _mail(delivery, "invitation", f"{inviter} invites you to {invitation.workspace.name}", context)


def subject_of(told: Digest) -> str:
    """Who said something, and where."""
    if told.count == 1:
        [part] = told.parts
        author = part.messages[0].author
        who = author.name if author else "Someone"
        return f"{who} wrote to you" if part.room.is_direct else f"{who} in {part.room.name}"
    return f"{told.count} messages for you"


def address_to_stop(user_id: int) -> str:
    """Where the person's mails are ended, without signing in: one address for good, in each mail and at each try."""
    return settings.SITE_URL + reverse("mail_stop", args=[STOPS.sign_object(user_id)])


def read_stop(token: str) -> int | None:
    """Whose mails such an address ends; None: it was not made here."""
    try:
        user_id = STOPS.unsign_object(token)
    except signing.BadSignature:
        return None
    return user_id if isinstance(user_id, int) else None


def _mail(delivery: Delivery, name: str, subject: str, context: dict[str, object]) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname
    mail = EmailMultiAlternatives(
        # A name with a line feed in it would end the header.
        subject=" ".join(subject.split()),
        body=render_to_string(f"rooms/mail/{name}.txt", context),
        to=[delivery.address],
        # The same at every try: whoever gets it twice can tell.
        headers={"Message-ID": f"<{delivery.key}@{host}>", "X-Idempotency-Key": str(delivery.key)},
    )
    mail.attach_alternative(render_to_string(f"rooms/mail/{name}.html", context), "text/html")
    return mail
