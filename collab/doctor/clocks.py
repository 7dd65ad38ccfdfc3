"""Whether the clocks of all parts agree. Order does not depend on them; sessions, mails and people's times do."""

from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from collab.doctor import answers, postgres, redis_server
from collab.doctor.finding import Finding, Unknown, fine, shell, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site

subject = Subject("Clock")

#: Seconds that clocks may be apart.
APART = 2.0

Clock = Callable[[Site], float]


def of_database(site: Site) -> float:
    """PostgreSQL's clock."""
    [[seconds]] = postgres.ask(site, "SELECT extract(epoch FROM clock_timestamp())")
    return float(seconds)


def of_redis(site: Site) -> float:
    """Redis' clock."""
    seconds, millionths = redis_server.connected(site).time()
    return float(seconds + millionths / 1e6)


def of_proxy(site: Site) -> float:
    """That of whoever answers at the public address; it tells whole seconds, and is in the middle of one."""
    date = answers.get(f"{site.settings.SITE_URL}/health/live").headers["Date"]
    if date is None:
        raise Unknown("no proxy stands between, and a node tells no date")
    return parsedate_to_datetime(date).astimezone(UTC).timestamp() + 0.5


def of_node(site: Site) -> float:
    """A node's clock."""
    return float(answers.ask_seen(site, {}).told["time"])


CLOCKS: Mapping[str, Clock] = {
    "the database's": of_database,
    "Redis'": of_redis,
    "the proxy's": of_proxy,
    "a node's": of_node,
}


@subject.check("clock")
def clock(site: Site) -> Finding:
    """This machine's clock agrees with those of the other parts."""
    offsets = {}
    for name, look in CLOCKS.items():
        if not site.starts_later or look in {of_database, of_redis}:
            offsets[name] = _offset(site, look)
    return judge_clocks({name: offset for name, offset in offsets.items() if offset is not None})


def _offset(site: Site, look: Clock) -> float | None:
    """Seconds by which a clock is ahead of this machine's; None where it cannot be asked."""
    try:
        if look is of_proxy:
            answers.reached(site)
        look(site)  # The first answer may come late, for want of a connection.
        before = site.clock()
        told = look(site)
    except Unknown:
        return None
    return told - (before + site.clock()) / 2


def judge_clocks(offsets: Mapping[str, float]) -> Finding:
    """By how many seconds each is ahead of this machine's."""
    if not offsets:
        raise Unknown("there is no other clock to compare with")
    apart = {name: offset for name, offset in offsets.items() if abs(offset) > APART}
    if not apart:
        return fine(f"agrees with {', '.join(offsets)} within {max(map(abs, offsets.values())):.1f} s")
    told = ", ".join(
        f"{name} is {abs(offset):.0f} s {'ahead' if offset > 0 else 'behind'}" for name, offset in apart.items()
    )
    whose = "this machine's" if len(apart) == len(offsets) > 1 else "that one"
    return wrong(
        f"Against this machine's clock {told}; {whose} is likely the wrong one. Links in mails end too "
        "early or too late, and people see odd times. On the machine that is wrong:",
        shell("apt install systemd-timesyncd", "timedatectl set-ntp true"),
    )
