"""What a browser gets: pages and cookies; and whether it may send a picture."""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from collab.doctor import answers
from collab.doctor.answers import Answer
from collab.doctor.finding import Finding, Unknown, fine, in_location, in_server, shell, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.embedded.outside import first_line

subject = Subject("Pages", asks_nodes=True)

#: A page that anybody may see, and which sets a cookie.
PAGE = "/account/login/"
#: Where pictures are sent to.
UPLOAD = "/account/profile/picture/"
LARGEST = 10 * 1024 * 1024


def passed_on_well(site: Site) -> None:
    """Raises Unknown where the proxy says of requests what makes the site refuse them all."""
    told = site.once(answers.plain).told
    if not told["host_allowed"]:
        raise Unknown("every page is an error; see the check proxy-host")
    if site.settings.HTTPS and not told["is_secure"]:
        raise Unknown("every page leads to itself; see the check forwarded-proto")


def page(site: Site) -> Answer:
    """The page to sign in at. Raises OSError or HTTPException."""
    return answers.get(site.settings.SITE_URL + PAGE)


@subject.check("page")
def sign_in_page(site: Site) -> Finding:
    """The page to sign in at is there."""
    passed_on_well(site)
    try:
        answer = site.once(page)
    except (OSError, http.client.HTTPException) as error:
        return wrong(f"It does not come: {first_line(error)}. The nodes' log says why.")
    if answer.status != 200:
        return wrong(
            f"It is answered with {answer.status}. The nodes' log says why; see the checks migrations and static, too.",
            shell("journalctl --unit 'collab-node@*' --since -10min"),
        )
    return fine("it comes")


@subject.check("cookies")
def cookies(site: Site) -> Finding:
    """Cookies reach browsers as the site set them, for https alone."""
    answer = _page(site)
    cookies = answer.headers.get_all("Set-Cookie", [])
    weak = sorted({each.partition("=")[0] for each in cookies if not _is_safe(each, site.settings.HTTPS)})
    if not cookies:
        return wrong(
            "The proxy takes the cookies out of the answers: nobody can sign in.",
            in_location("proxy_pass_header Set-Cookie;"),
        )
    if weak:
        return wrong(
            f"On the way the proxy makes the cookie {', '.join(weak)} weaker: it would cross the net unencrypted, or "
            "be sent from other sites' pages.",
            in_location(f"proxy_cookie_flags ~ {'secure ' if site.settings.HTTPS else ''}samesite=lax;"),
        )
    return fine("secure" if site.settings.HTTPS else "as the site set them")


def _is_safe(cookie: str, is_https: bool) -> bool:
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    return "samesite=lax" in flags and ("secure" in flags or not is_https)


@subject.check("hsts")
def hsts(site: Site) -> Finding:
    """Browsers remember to come by https."""
    if not site.settings.HTTPS:
        raise Unknown("SITE_URL is not https")
    said = _page(site).headers.get_all("Strict-Transport-Security", [])
    mend = in_location("proxy_pass_header Strict-Transport-Security;")
    if len(said) == 1:
        return fine(said[0])
    if said:
        return wrong(f"It is said {len(said)} times, so that browsers take none: take out the proxy's own add_header.")
    return wrong("The proxy takes Strict-Transport-Security out of the answers.", mend)


def _page(site: Site) -> Answer:
    passed_on_well(site)
    try:
        answer = site.once(page)
    except (OSError, http.client.HTTPException) as error:
        raise Unknown("no page comes; see the check page") from error
    if answer.status != 200:
        raise Unknown("no page comes; see the check page")
    return answer


@subject.check("uploads")
def uploads(site: Site) -> Finding:
    """The proxy lets the largest picture through."""
    site.once(answers.plain)
    try:
        status = _status_of_upload(site)
    except (OSError, ValueError) as error:
        raise Unknown(f"the proxy says nothing before all is sent ({first_line(error)})") from error
    if status == 413:
        return wrong(
            "The proxy refuses requests of 10 MB, and with them most pictures.", in_server("client_max_body_size 11m;")
        )
    return fine("10 MB may come")


def _status_of_upload(site: Site) -> int:
    """The first word to a request that says it will send 10 MB, of which nothing is sent."""
    parts = urlsplit(site.settings.SITE_URL)
    port = parts.port or (443 if site.settings.HTTPS else 80)
    with socket.create_connection((site.host, port), timeout=answers.WITHIN) as plain:
        line = answers.trusting().wrap_socket(plain, server_hostname=site.host) if site.settings.HTTPS else plain
        asks = f"POST {UPLOAD} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {LARGEST}\r\n"
        line.sendall(f"{asks}Content-Type: multipart/form-data\r\nExpect: 100-continue\r\n\r\n".encode())
        words = line.recv(1024).split()
        if isinstance(line, ssl.SSLSocket):
            line.close()
    return int(words[1]) if len(words) > 1 else 0
