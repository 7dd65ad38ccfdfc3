"""What the doctor prints, for people and for machines, without a secret in it."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from urllib.parse import unquote

from collab.doctor.examination import Result
from collab.doctor.finding import Level
from collab.doctor.registry import Check

#: Variables that hold a password within an address.
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
MASK = "•••"
WIDTH = 116
INDENT = " " * 11


def is_well(results: Iterable[Result]) -> bool:
    """Nothing is wrong; what there is to do does not count."""
    return all(result.finding.level is not Level.WRONG for result in results)


def as_text(results: Sequence[Result]) -> Iterator[str]:
    """Lines for a terminal: each check, and below it what mends it."""
    for subject, of_subject in groupby(results, lambda result: result.check.subject):
        yield from ("", subject)
        # What cannot be looked at for one reason is told in one line.
        for (level, says), alike in groupby(of_subject, lambda result: (result.finding.level, result.finding.says)):
            together = list(alike)
            names = ", ".join(result.check.name for result in together)
            yield from _told(level, names, says)
            for mend in together[0].finding.mends:
                yield f"{INDENT}{mend.where}:"
                yield from (f"{INDENT}    {line}" for line in mend.lines)
    yield from ("", summary(results))


def _told(level: Level, names: str, says: str) -> list[str]:
    who = f"{names}:" if "," in names else f"{names:20}"
    return wrap(
        f"{level:8} {who} {says}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def summary(results: Sequence[Result]) -> str:
    """How many checks found what."""
    counts = Counter(result.finding.level for result in results)
    return ", ".join(f"{counts[level]} {level}" for level in reversed(Level))


def as_json(results: Sequence[Result]) -> str:
    """One object with `ok` and a list of checks."""
    checks = [
        {
            "name": result.check.name,
            "subject": result.check.subject,
            "level": result.finding.level,
            "says": result.finding.says,
            "mends": [{"where": mend.where, "lines": mend.lines} for mend in result.finding.mends],
        }
        for result in results
    ]
    return json.dumps({"ok": is_well(results), "checks": checks}, ensure_ascii=False, indent=2)


def as_list(checks: Iterable[Check]) -> Iterator[str]:
    """What there is to look at."""
    return (f"{check.name:22}{check.about}" for check in checks)


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """The same, with whatever of it is secret masked: what others say of an error may repeat it."""
    for secret in sorted(secrets_of(environ), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def secrets_of(environ: Mapping[str, str]) -> set[str]:
    """The key, and the passwords in addresses, as they stand there and as they are meant."""
    found = {environ.get("SECRET_KEY", "")}
    for name in ADDRESSES:
        said = environ.get(name, "")
        found |= set(re.findall(r"[?&](?:sentinel_)?password=([^&#]+)", said))
        found |= set(re.findall(r"://[^:@/]*:([^@/]+)@", said))
    return {form for secret in found for form in (secret, unquote(secret)) if len(form) > 3}
