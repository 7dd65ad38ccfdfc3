"""The public address: whether it leads here, and whether what runs is what this machine would start."""

import errno
import http.client
import socket
from urllib.parse import urlsplit

from collab import seen, version
from collab.addresses import USUAL_PORTS
from collab.doctor import answers
from collab.doctor.finding import ANEW, Finding, Unknown, fine, in_location, in_server, shell, to_do, variables, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.embedded.environment import address
from collab.embedded.errors import CannotStart
from collab.embedded.outside import first_line

subject = Subject("Public address", asks_nodes=True)

#: This machine has no way there at all, which says nothing about others.
NO_WAY = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


@subject.check("public-address")
def public_address(site: Site) -> Finding:
    """The address people type leads to a node."""
    site.need("SITE_URL")
    url = site.settings.SITE_URL
    try:
        answer = site.once(answers.live)
    except socket.gaierror:
        return wrong(
            f"The name {site.host} is not known: have whoever runs its domain add a record, or say another address.",
            variables("SITE_URL=https://chat.example.org"),
        )
    except (OSError, http.client.HTTPException) as error:
        return wrong(
            f"Nothing answers at {url}: {first_line(error)}. Start the site, and the proxy before it; let its port "
            "through the firewall.",
            site.keep_running("node"),
            shell(f"ufw allow {_port(url)}/tcp"),
        )
    if answer.status in {502, 503, 504}:
        return wrong(
            f"The proxy at {url} answers {answer.status}: no node is where it looks for one. This starts one:",
            site.keep_running(_node(site)),
        )
    if answer.status != 200:
        return wrong(
            f"{url}/health/live answers {answer.status} instead of 200: the proxy does not pass all addresses on.",
            in_location(f"proxy_pass http://{_listening(site)};"),
        )
    return fine(f"{url} answers")


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or USUAL_PORTS[parts.scheme]


def _listening(site: Site) -> str:
    try:
        host, port = address(dict(site.environ)).reachable
    except CannotStart:
        host, port = "127.0.0.1", 8000
    return f"{host}:{port}"


def _node(site: Site) -> str:
    host, _, port = _listening(site).rpartition(":")
    return f"node --host {host} --port {port}"


@subject.check("name")
def name(site: Site) -> Finding:
    """Each address of the public name answers."""
    site.need("SITE_URL")
    port = _port(site.settings.SITE_URL)
    try:
        found = answers.resolve(site.host, port)
    except socket.gaierror as error:
        raise Unknown("the name is not known; see the check public-address") from error
    dead = [place for _, place in found if not is_loopback(place) and not _takes(place, port)]
    alive = [place for _, place in found if place not in dead]
    if dead and alive:
        return to_do(
            f"{site.host} leads to {', '.join(dead)}, too, where nobody answers: people who come that way wait, or see "
            "nothing. Have the proxy listen there, or take the record out of the domain.",
            in_server("listen 443 ssl;", "listen [::]:443 ssl;"),
        )
    return fine(", ".join(alive))


def is_loopback(place: str) -> bool:
    """It is this machine's own; a name such as localhost has two of them."""
    return place.startswith("127.") or place == "::1"


def _takes(place: str, port: int) -> bool:
    try:
        socket.create_connection((place, port), timeout=2).close()
    except OSError as error:
        return error.errno in NO_WAY
    return True


@subject.check("this-site")
def this_site(site: Site) -> Finding:
    """What answers there is this site, and no other."""
    site.need("SECRET_KEY")
    answers.reached(site)
    try:
        told = site.once(answers.plain)
    except Unknown:
        return wrong(
            f"Something answers at {site.settings.SITE_URL}, but it is not this site: another one, one with another "
            "SECRET_KEY, or code from before this command. Let the proxy lead to this site's nodes, and start them "
            "with the variables that this command was given.",
            in_location(f"proxy_pass http://{_listening(site)};"),
        )
    return fine(f"it is: {told.node}")


@subject.check("running-settings")
def running_settings(site: Site) -> Finding:
    """The nodes run with the variables that this command was given."""
    mine = seen.fingerprints(site.settings.env.dump(), site.settings.SECRET_KEY)
    told = site.once(answers.all_nodes)
    other = sorted({name for each in told for name in mine if each.told["settings"].get(name) != mine[name]})
    if not other:
        return fine(f"{len(told)} {'node was' if len(told) == 1 else 'nodes were'} asked")
    return wrong(
        f"The site runs with another {', '.join(other)} than this command was given. Start the nodes anew where they "
        "were changed; otherwise give this command the same variables as the nodes, such as those of their unit.",
        shell(*ANEW),
    )


@subject.check("running-code")
def running_code(site: Site) -> Finding:
    """All nodes run the code that is here."""
    here = version.of_code(site.project)
    told = site.once(answers.all_nodes)
    other = sorted(each.node for each in told if each.told["code"] != here)
    if not other:
        return fine(f"{here} on {len(told)} {'node' if len(told) == 1 else 'nodes'}")
    return to_do(
        f"Other code than that of {site.project} runs in {', '.join(other)}. Start them anew, one after another.",
        shell(*ANEW),
    )
