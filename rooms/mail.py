"""Mails that rooms send."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from rooms.models import Invitation


def send_invitation(invitation: Invitation, url: str) -> None:
    """Mail an invitation to the address it is for."""
    context = {"invitation": invitation, "url": url, "site_url": settings.SITE_URL}
    inviter = invitation.created_by.name if invitation.created_by else "Collab"
    # A name with a line feed in it would end the subject's header.
    subject = " ".join(f"{inviter} invites you to {invitation.workspace.name}".split())
    mail = EmailMultiAlternatives(
        subject=subject, body=render_to_string("rooms/mail/invitation.txt", context), to=[invitation.email]
    )
    mail.attach_alternative(render_to_string("rooms/mail/invitation.html", context), "text/html")
    mail.send()
