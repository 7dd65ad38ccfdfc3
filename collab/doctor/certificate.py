"""TLS: whether browsers trust the certificate, for how long, and whether plain HTTP leads to it."""

import http.client
import re
import socket
import ssl
from urllib.parse import urlsplit

from collab.doctor import answers
from collab.doctor.finding import Finding, Mend, Unknown, Where, fine, shell, to_do, wrong
from collab.doctor.forwarded import subject
from collab.doctor.site import Site
from collab.embedded.outside import first_line

DAY = 24 * 3600
#: Days before its end at which a certificate should long have been renewed, and at which it is urgent.
SOON = 21
URGENT = 7


def peer_certificate(site: Site) -> dict[str, object]:
    """The certificate of the public address, as a browser would take it.

    Raises:
        ssl.SSLError: it would not.
        OSError: nobody answers.
    """
    port = urlsplit(site.settings.SITE_URL).port or 443
    with (
        socket.create_connection((site.host, port), timeout=answers.WITHIN) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=site.host) as wrapped,
    ):
        return dict(wrapped.getpeercert() or {})


#: NGINX answers for certbot from this folder (deploy/nginx), and reads the new certificate afterwards.
RENEW = 'certbot certonly --webroot -w /var/www/html -d {host} --deploy-hook "systemctl reload nginx"'


@subject.check("certificate")
def certificate(site: Site) -> Finding:
    """Browsers trust the certificate, and will for weeks."""
    if not site.settings.HTTPS:
        raise Unknown("SITE_URL is not https")
    answers.reached(site)
    mend = shell(RENEW.format(host=site.host))
    try:
        ends = ssl.cert_time_to_seconds(str(peer_certificate(site)["notAfter"]))
    except ssl.SSLCertVerificationError as error:
        return wrong(f"Browsers refuse the certificate: {error.verify_message}.", mend)
    except (OSError, KeyError) as error:
        return wrong(f"Browsers get no secure connection: {first_line(error)}.", mend)
    return judge_end((ends - site.clock()) / DAY, mend)


def judge_end(days: float, mend: Mend) -> Finding:
    """By the days that are left."""
    if days > SOON:
        return fine(f"good for {days:.0f} days")
    says = f"The certificate ends in {days:.0f} days, and should have been renewed by now."
    return wrong(says, mend) if days < URGENT else to_do(says, mend)


@subject.check("http-redirect")
def http_redirect(site: Site) -> Finding:
    """Whoever types the name alone is led to https."""
    if not site.settings.HTTPS:
        raise Unknown("SITE_URL is not https")
    if site.plain_url is None:
        raise Unknown("SITE_URL names a port, and nobody knows that of plain HTTP")
    answers.reached(site)
    mend = Mend(
        Where.NGINX_HTTP,
        (
            f"server {{ listen {urlsplit(site.plain_url).port or 80}; server_name {site.host}; "
            f"return 301 https://{urlsplit(site.settings.SITE_URL).netloc}$request_uri; }}",
        ),
    )
    try:
        answer = answers.get(f"{site.plain_url}/")
    except (OSError, http.client.HTTPException) as error:
        return to_do(
            f"Nobody answers plain HTTP: {first_line(error)}. Some who type the name alone find nothing.", mend
        )
    leads_to = answer.headers.get("Location", "")
    if answer.status in {301, 302, 307, 308} and re.match(rf"https://{re.escape(site.host)}(:\d+)?/", leads_to):
        return fine(f"{site.plain_url} leads to https")
    return wrong(f"Plain HTTP answers {answer.status} instead of leading to https: people stay unencrypted.", mend)
