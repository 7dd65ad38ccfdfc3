"""From single minutes to what people remember: when it was bad, until when, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import rules
from .tally import State, Tally

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Incident:
    """Troubled minutes close together, from the first to the end of the last."""

    start: datetime
    end: datetime
    worst: State
    tally: Tally
    is_over: bool = True

    @property
    def what(self) -> str:
        """In words."""
        told = [f"{many(self.tally.unavailable, 'message')} of {self.tally.beats} failed or came late"]
        if self.worst == State.DOWN:
            told = [f"messages could not be sent: {self.tally.unavailable} of {self.tally.beats} failed or came late"]
        if not self.tally.unavailable:
            told = []
        if self.worst == State.SLOW:
            told.append(f"messages took longer than usual, up to {seconds(self.tally.longest)}")
        if self.tally.lost:
            told.append(f"{many(self.tally.lost, 'message')} lost")
        return "; ".join(told)


def incidents(minutes: Mapping[datetime, Tally], running: datetime) -> list[Incident]:
    """Of minutes with trouble in them, the newest first; the one that reaches to `running` is not over."""
    found: list[Incident] = []
    for minute in sorted(minutes):
        tally = minutes[minute]
        if tally.state <= State.WORKS:
            continue
        if found and minute - found[-1].end < rules.CLOSE_TOGETHER:
            last = found[-1]
            last.end, last.worst, last.tally = minute + MINUTE, max(last.worst, tally.state), last.tally + tally
        else:
            found.append(Incident(minute, minute + MINUTE, tally.state, tally))
    if found:
        found[-1].is_over = running >= found[-1].end + MINUTE
    return found[::-1]


def many(count: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def seconds(milliseconds: float) -> str:
    """A time as people say it: 8 ms, 1.2 s."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f}".removesuffix(".0") + " s"
