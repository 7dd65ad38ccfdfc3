"""Mail: whether its server takes what the site would send."""

from smtplib import SMTPAuthenticationError, SMTPException
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from collab.doctor.finding import Finding, Unknown, fine, to_do, variables, wrong
from collab.doctor.public import is_loopback
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.doctor.variables import is_public
from collab.embedded.outside import first_line

subject = Subject("Mail")

#: Seconds for each word of the server.
WITHIN = 3
EXAMPLE = variables("EMAIL_URL=submission://user:password@mail.example.org:587")
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@subject.check("mail")
def mail(site: Site) -> Finding:
    """The mail server takes the site's mails."""
    site.need("EMAIL_URL")
    if site.settings.EMAIL_BACKEND != SMTP:
        return _without_server(site)
    backend = EmailBackend(timeout=WITHIN, **_access(site.settings))
    try:
        backend.open()
        if site.mail_to:
            _send(site, backend, site.mail_to)
    except SMTPAuthenticationError as error:
        return wrong(f"The mail server refuses the user or password of EMAIL_URL ({error.smtp_code}).", EXAMPLE)
    except (OSError, SMTPException) as error:
        return wrong(f"The mail server of EMAIL_URL does not take mails: {first_line(error)}.", EXAMPLE)
    finally:
        backend.close()
    return fine(f"a mail to {site.mail_to} was handed over" if site.mail_to else "the server takes mails")


def _without_server(site: Site) -> Finding:
    if site.mail_to:
        return wrong("No mail was sent: EMAIL_URL names no server.", EXAMPLE)
    if is_public(site.host):
        return to_do(
            "Mails are not sent but printed: nobody gets a new password, or word of what they missed.", EXAMPLE
        )
    raise Unknown("EMAIL_URL names no server")


def _access(settings: Any) -> dict[str, Any]:
    """What EMAIL_URL says, under the names of Django's mailer; what it does not say is missing in the settings."""
    names = {"host": "HOST", "port": "PORT", "username": "HOST_USER", "password": "HOST_PASSWORD"}
    names |= {"use_tls": "USE_TLS", "use_ssl": "USE_SSL"}
    return {name: getattr(settings, f"EMAIL_{said}", None) for name, said in names.items()}


def _send(site: Site, backend: EmailBackend, address: str) -> None:
    text = (
        f"This is the mail that `manage.py doctor --mail` sent, to see whether mails of {site.settings.SITE_URL} come."
    )
    backend.send_messages(
        [EmailMessage("A mail to see whether mails come", text, site.settings.DEFAULT_FROM_EMAIL, [address])]
    )


@subject.check("mail-secrecy")
def mail_secrecy(site: Site) -> Finding:
    """Mails and the password for them do not cross the internet unencrypted."""
    site.need("EMAIL_URL")
    settings = site.settings
    if settings.EMAIL_BACKEND != SMTP:
        raise Unknown("EMAIL_URL names no server")
    access = _access(settings)
    if access["use_tls"] or access["use_ssl"]:
        return fine("encrypted")
    if is_loopback(access["host"]) or not is_public(access["host"]):
        return fine(f"{access['host']} is near")
    return wrong(
        f"Mails go to {access['host']} unencrypted, links for new passwords among them.",
        variables(f"EMAIL_URL=submission://user:password@{access['host']}:587"),
    )
