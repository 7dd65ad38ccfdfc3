"""What the proxy says of a request, and whom the site believes."""

from urllib.parse import urlsplit

from collab.doctor import answers
from collab.doctor.answers import NOBODY, Seen
from collab.doctor.finding import Finding, Unknown, fine, in_location, variables, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site

subject = Subject("Proxy", asks_nodes=True)

OVERWRITE = in_location("proxy_set_header X-Forwarded-For $remote_addr;")


@subject.check("proxy-host")
def proxy_host(site: Site) -> Finding:
    """The site is asked for by the name that people type."""
    told = site.once(answers.plain).told
    netloc = urlsplit(site.settings.SITE_URL).netloc
    if told["host"].lower() == netloc:
        return fine(netloc)
    refused = "" if told["host_allowed"] else ", and refuses it: every page is an error"
    return wrong(
        f"People ask for {netloc}, and the site hears of {told['host'] or 'no name'}{refused}.",
        in_location("proxy_set_header Host $http_host;"),
    )


@subject.check("forwarded-for")
def forwarded_for(site: Site) -> Finding:
    """The site knows where people come from, and believes nobody who makes it up."""
    return judge_forwarded_for(site.once(answers.plain), site.once(answers.forged))


def judge_forwarded_for(plain: Seen, forged: Seen) -> Finding:
    """By how it saw a request as it was, and one with a forged header."""
    trusted, passed = plain.told["trusted_proxies"], plain.told["forwarded_for"]
    if forged.told["client"] == NOBODY:
        return _believed(plain, forged)
    if len(passed) != trusted and passed:
        return wrong(
            f"TRUSTED_PROXIES is {trusted}, and {len(passed)} stand in front: everybody seems to come from a proxy, so "
            "that a few wrong passwords of one keep all from signing in; or pages are refused.",
            variables(f"TRUSTED_PROXIES={len(passed)}"),
        )
    if passed or plain.is_direct:
        return fine(
            f"{plain.told['client']}, through {trusted} trusted proxies" if passed else "no proxy stands between"
        )
    return _unsaid(plain, trusted)


def _believed(plain: Seen, forged: Seen) -> Finding:
    says = (
        "The site believes whoever makes up an X-Forwarded-For: they may try passwords without a limit, and stand in "
        "people's lists of devices with any address."
    )
    if plain.is_direct:
        return wrong(f"{says} No proxy stands between.", variables("TRUSTED_PROXIES=0"))
    if len(forged.told["forwarded_for"]) > 1:
        return wrong(
            f"{says} The proxies add to it, and are fewer.",
            variables(f"TRUSTED_PROXIES={len(plain.told['forwarded_for'])}"),
        )
    return wrong(says, OVERWRITE)


def _unsaid(plain: Seen, trusted: int) -> Finding:
    mends = [OVERWRITE] if trusted else [OVERWRITE, variables("TRUSTED_PROXIES=1")]
    peer = plain.told["peer"]
    return wrong(
        f"A proxy ({peer[0] if peer else 'on a unix socket'}) stands in front and does not say where people come from: "
        "all seem to come from it, so that a few wrong passwords of one keep everybody from signing in.",
        *mends,
    )


@subject.check("forwarded-proto")
def forwarded_proto(site: Site) -> Finding:
    """The site knows that people come by https, whatever they say."""
    plain, forged = site.once(answers.plain), site.once(answers.forged)
    if not site.settings.HTTPS:
        raise Unknown("SITE_URL is not https")
    mend = in_location("proxy_set_header X-Forwarded-Proto $scheme;")
    if not plain.told["is_secure"]:
        return wrong("The proxy does not say that people come by https: the site sends them there for ever.", mend)
    if not forged.told["is_secure"]:
        return wrong("The proxy passes on the X-Forwarded-Proto that a client makes up, instead of its own.", mend)
    return fine("https")
