"""Whether the mails that were owed went out: each message told of to everyone who was away, in one mail, sent once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from bench.checker import Verdict


class Mail(NamedTuple):
    """A mail that the mail server took.

    `key`: its X-Idempotency-Key. `shows`: seq of each message that stands in it. `more`: messages it only counts.
    """

    address: str
    message_id: str
    key: str
    shows: tuple[int, ...]
    more: int = 0

    @property
    def tells(self) -> int:
        """Of how many messages."""
        return len(self.shows) + self.more


class Mails(msgspec.Struct):
    """What became of the mails of a stretch of load.

    `owed` and `told`: messages, by person who was away. `sent`: mails taken. `twice`: of them, those taken before.
    """

    owed: int
    told: int
    sent: int
    twice: int


def check_mails(
    owed: Mapping[str, Collection[int]], mails: Sequence[Mail], cut: Collection[str], verdict: Verdict
) -> Mails:
    """Hold the mails that were taken against the messages that were owed.

    Args:
        owed: by address, seq of each message that it was to be told of.
        mails: in the order in which they were taken.
        cut: Message-IDs of those whose sender was killed before it heard that they were taken: these alone may come
            again, and their second form counts, which may tell more.
        verdict: is told of what was broken.
    """
    told: dict[str, dict[str, Mail]] = defaultdict(dict)
    keys: dict[str, str] = {}
    for mail in mails:
        if keys.setdefault(mail.message_id, mail.key) != mail.key or not mail.key:
            verdict.blame("mailed twice", f"{mail.message_id} to {mail.address} went out under another key")
        told[mail.address][mail.message_id] = max(
            mail, told[mail.address].get(mail.message_id, mail), key=lambda each: each.tells
        )
    times = Counter(mail.message_id for mail in mails)
    for message_id, count in times.items():
        if count > 1 and message_id not in cut:
            verdict.blame("mailed twice", f"{message_id} was taken {count} times, and its sender had been told so")
    for address in owed.keys() | told.keys():
        _compare(address, owed.get(address, ()), list(told[address].values()), verdict)
    return Mails(
        owed=sum(map(len, owed.values())),
        told=sum(mail.tells for each in told.values() for mail in each.values()),
        sent=len(mails),
        twice=len(mails) - len(times),
    )


def _compare(address: str, owed: Collection[int], mails: Sequence[Mail], verdict: Verdict) -> None:
    shown = Counter(seq for mail in mails for seq in mail.shows)
    for seq in shown.keys() - set(owed):
        verdict.blame("mailed twice", f"{address} was told of seq {seq}, which nobody owed them")
    for seq, times in shown.items():
        if times > 1:
            verdict.blame("mailed twice", f"seq {seq} stands in {times} mails to {address}")
    told = sum(mail.tells for mail in mails)
    if told < len(owed):
        verdict.blame("unmailed", f"{address} was told of {told} messages instead of {len(owed)}")
    elif told > len(owed):
        verdict.blame("mailed twice", f"{address} was told of {told} messages instead of {len(owed)}")
