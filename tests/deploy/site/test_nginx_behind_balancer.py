"""The NGINX of deploy/nginx behind another balancer, told by the three lines that stand there for it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.hosted import NGINX, HostedSite, Limited

ADA, BEN = "198.51.100.1", "198.51.100.2"


@pytest.fixture
def balanced(limited: Limited) -> HostedSite:
    """These tests are the balancer."""
    lines = re.findall(r"^# (?:set_real_ip_from|real_ip_\w+) .*$", (NGINX / "collab.conf").read_text(), re.MULTILINE)
    assert len(lines) == 3
    return limited(*((line, line.removeprefix("# ").replace("192.0.2.10", "127.0.0.1")) for line in lines))


def sign_in(site: HostedSite, *forwarded: str) -> int:
    """The status of a try that the balancer passes on: 403, or 429 where there were too many."""
    headers = {"X-Forwarded-For": ", ".join(forwarded)}
    return site.ask("/account/login/", method="POST", headers=headers).status


def test_people_behind_one_balancer_have_limits_of_their_own(balanced: HostedSite) -> None:
    with ThreadPoolExecutor(8) as guessers:
        answers = list(guessers.map(lambda number: sign_in(balanced, f"203.0.113.{number}", ADA), range(120)))
    # What a guesser says of themselves, before what the balancer adds, does not help.
    assert set(answers) == {403, 429}
    assert [sign_in(balanced, BEN) for _ in range(10)] == [403] * 10


def test_the_site_sees_the_address_that_the_balancer_added(balanced: HostedSite) -> None:
    # The last is a balancer before this one, which is known as well.
    forwarded = {"X-Forwarded-For": f"203.0.113.9, {BEN}, 127.0.0.1"}
    balanced.ask_as(balanced.seats[1], "/", **forwarded)
    devices = balanced.ask_as(balanced.seats[1], "/account/sessions/", **forwarded)
    assert balanced.environment["TRUSTED_PROXIES"] == "1"
    assert BEN.encode() in devices.body
    assert b"203.0.113.9" not in devices.body
