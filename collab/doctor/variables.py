"""What the environment says: whether it can be used, and whether it is safe."""

import ipaddress
import re
from email.utils import parseaddr
from importlib import metadata
from urllib.parse import urlsplit

from collab.doctor.bad_settings import MISSING, NEW_KEY
from collab.doctor.finding import Finding, Mend, Where, fine, service, shell, to_do, variables, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site

subject = Subject("Settings")

#: What has no default; `make up` says it.
REQUIRED = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
#: Pieces of keys that stand in documents and examples.
KNOWN = re.compile(r"django-insecure|change.?me|example|secret|password|for-checks-only|0123456789|abcdef|qwerty", re.I)
#: Different characters that 32 random ones have, at the very least.
LEAST_DIFFERENT = 12


@subject.check("settings")
def settings(site: Site) -> Finding:
    """Every variable can be used."""
    if not site.bad:
        return fine("Every variable can be used.")
    if {bad.name for bad in site.bad} == REQUIRED and all(bad.says == MISSING for bad in site.bad):
        return wrong(
            "Nothing says where PostgreSQL and Redis are. On one machine this is enough, and brings its own; elsewhere "
            "set DATABASE_URL, REDIS_URL and SECRET_KEY.",
            service("make up"),
        )
    says = "; ".join(f"{bad.name}: {bad.says.rstrip('.')}" for bad in site.bad)
    lines = [bad.instead for bad in site.bad if bad.instead]
    mends = [variables(*lines)] if lines else []
    if any(bad.name == "SECRET_KEY" for bad in site.bad):
        mends.append(_new_key())
    return wrong(f"The site does not start. {says}.", *mends)


@subject.check("debug")
def debug(site: Site) -> Finding:
    """Pages that break do not show the code and the settings."""
    if site.settings.DEBUG:
        return wrong(
            "DEBUG is on: a page that breaks shows the code and the settings to everybody.", variables("DEBUG=false")
        )
    return fine("off")


@subject.check("secret-key")
def secret_key(site: Site) -> Finding:
    """Nobody can guess what signs the sessions."""
    site.need("SECRET_KEY")
    weakness = weakness_of(site.settings.SECRET_KEY)
    if not weakness:
        return fine(f"{len(site.settings.SECRET_KEY)} characters, and random by its looks")
    return wrong(
        f"SECRET_KEY {weakness}: whoever guesses it can sign in as anybody. With a new one everybody signs in again.",
        _new_key(),
    )


def weakness_of(key: str) -> str:
    """What makes a key guessable; empty where nothing is seen."""
    if re.fullmatch(r"(.{1,16}?)\1+.{0,16}", key):
        return "repeats one piece"
    if found := KNOWN.search(key):
        return f"has “{found[0].lower()}” in it, as keys in examples have"
    if len(set(key)) < LEAST_DIFFERENT:
        return f"has {len(set(key))} different characters"
    return ""


def _new_key() -> Mend:
    return Mend(Where.SHELL, (NEW_KEY,))


@subject.check("site-url")
def site_url(site: Site) -> Finding:
    """What people send and read is encrypted on the way."""
    site.need("SITE_URL")
    if site.settings.HTTPS or not is_public(site.host):
        return fine(site.settings.SITE_URL)
    return wrong(
        f"SITE_URL is {site.settings.SITE_URL}: passwords and messages cross the internet for everybody to read.",
        variables(f"SITE_URL=https://{site.host}"),
    )


def is_public(host: str) -> bool:
    """People from elsewhere may come to it, so far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        private = ("localhost", ".local", ".lan", ".internal", ".home.arpa", ".test", ".localdomain")
        return "." in host and not host.endswith(private)


@subject.check("origins")
def origins(site: Site) -> Finding:
    """Other addresses of the site are as safe as the first."""
    site.need("SITE_URL", "EXTRA_ORIGINS")
    kept = [each for each in site.settings.ALLOWED_ORIGINS[1:] if not _is_weak(site, each)]
    weak = [each for each in site.settings.ALLOWED_ORIGINS[1:] if _is_weak(site, each)]
    if not weak:
        return fine(", ".join(kept) or "SITE_URL alone")
    return to_do(
        f"EXTRA_ORIGINS names {', '.join(weak)} beside {site.settings.SITE_URL}: cookies are for https alone, so that "
        "nobody can stay signed in there.",
        variables(f"EXTRA_ORIGINS={','.join(kept)}"),
    )


def _is_weak(site: Site, origin: str) -> bool:
    return bool(site.settings.HTTPS) and urlsplit(origin).scheme == "http"


@subject.check("mail-from")
def mail_from(site: Site) -> Finding:
    """Mails come from an address of this site's name."""
    said = site.settings.DEFAULT_FROM_EMAIL
    name, address = parseaddr(said)
    better = variables(f'DEFAULT_FROM_EMAIL="{name or "Collab"} <collab@{site.host}>"')
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        return wrong(f"DEFAULT_FROM_EMAIL is “{said}”, which holds no address: mail servers refuse such mails.", better)
    if is_public(site.host) and not is_public(address.partition("@")[2]):
        return to_do(f"Mails come from {address}, to which nobody can answer: many servers take them for spam.", better)
    return fine(address)


@subject.check("packages")
def packages(site: Site) -> Finding:
    """The Python packages are those that this code was tested with."""
    pinned = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)$", (site.project / "requirements.txt").read_text(), re.M)
    other = []
    for name, version in pinned:
        try:
            there = metadata.version(name)
        except metadata.PackageNotFoundError:
            there = "missing"
        if there != version:
            other.append(f"{name} is {there} instead of {version}")
    if not other:
        return fine(f"all {len(pinned)} as in requirements.txt")
    return wrong(
        f"{len(other)} of {len(pinned)} packages are not those of requirements.txt: {'; '.join(other[:5])}.",
        shell(f"cd {site.project} && {site.python} -m pip install -r requirements.txt"),
    )
