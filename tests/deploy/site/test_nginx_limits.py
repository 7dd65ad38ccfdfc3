"""How much the NGINX of deploy/nginx takes of one address."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from websockets.exceptions import InvalidStatus

from tests.deploy.hosted import HostedSite, Limited, await_it


def test_a_body_over_the_limit_is_refused(site: HostedSite) -> None:
    assert site.ask("/account/login/", method="POST", body=b"x" * (11 * 2**20)).status == 403
    refused = site.ask("/account/login/", method="POST", body=b"x" * (11 * 2**20 + 1))
    assert refused.status == 413
    # By NGINX: a node would answer the same, in its own words.
    assert b"nginx" in refused.body


def test_a_guesser_of_passwords_is_held_up_and_readers_are_not(site: HostedSite) -> None:
    with ThreadPoolExecutor(8) as guessers:
        answers = list(guessers.map(lambda _: site.ask("/account/login/", method="POST"), range(120)))
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert {answer.status for answer in answers} == {403, 429}
    assert refused[0].headers["Retry-After"] == "2"
    assert b"Try again" in refused[0].body
    assert site.ask("/account/login/").status == 200


def handshake(site: HostedSite) -> int:
    """The status that a socket is answered with: 101 where it is open, and closed again."""
    try:
        site.open_socket(site.seats[0]).close()
    except InvalidStatus as refusal:
        return refusal.response.status_code
    return 101


def test_a_program_that_asks_for_more_than_people_do_is_held_up(limited: Limited) -> None:
    site = limited(("collab_requests:10m rate=100r/s", "collab_requests:10m rate=1r/m"), ("burst=400 ", "burst=2 "))
    answers = [site.ask("/account/login/") for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "2"
    assert handshake(site) == 101


def test_a_program_that_has_more_under_way_than_people_do_is_held_up(limited: Limited) -> None:
    site = limited(("collab_pages_of 200", "collab_pages_of 1"))

    def is_one_more_held_up() -> bool:
        # Where NGINX still counts what was asked for just before, it is this one that is held up: then again.
        with contextlib.closing(site.connection()) as slow:
            slow.putrequest("POST", "/join/x/")
            slow.putheader("Content-Length", "1")
            # The rest of it does not come.
            slow.endheaders()
            return site.ask("/account/login/").status == 429 and handshake(site) == 101

    await_it(is_one_more_held_up, "one more was taken")
    await_it(lambda: site.ask("/account/login/").status == 200, "nobody is served any more")


def test_handshakes_that_come_faster_than_people_do_are_held_up(limited: Limited) -> None:
    rate = ("collab_handshakes:10m rate=100r/s", "collab_handshakes:10m rate=1r/m")
    site = limited(rate, ("burst=1000 ", "burst=1 "))
    assert [handshake(site) for _ in range(4)] == [101, 101, 429, 429]
    assert site.ask("/account/login/").status == 200


def test_more_sockets_than_people_have_are_held_up(limited: Limited) -> None:
    site = limited(("collab_sockets_of 4000", "collab_sockets_of 2"))
    with site.open_socket(site.seats[0]):
        with site.open_socket(site.seats[1]):
            assert handshake(site) == 429
            assert site.ask("/account/login/").status == 200
        await_it(lambda: handshake(site) == 101, "no place became free")
