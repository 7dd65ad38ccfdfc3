"""How sockets close, and how long to wait before the next one."""

import random
from dataclasses import dataclass
from enum import IntEnum

LONGEST_WAIT = 30.0


class CloseCode(IntEnum):
    """The codes of the server's own; all others are lost connections."""

    GOING_AWAY = 4100
    SLOW_READER = 4101
    HELLO_TIMEOUT = 4102
    NOT_SIGNED_IN = 4201
    SESSION_ENDED = 4202
    WRONG_ORIGIN = 4203
    WRONG_SUBPROTOCOL = 4204


def comes_back(code: int) -> bool:
    """Whether a client resumes by itself after this code; 42xx wait for the person."""
    return not 4200 <= code < 4300


@dataclass
class Backoff:
    """Random waits that double, up to a longest; a goodbye sets the next one."""

    longest: float = 1.0
    told: float | None = None

    def wait(self) -> float:
        """Seconds to wait before the next attempt."""
        told, self.told = self.told, None
        if told is not None:
            return told
        seconds = random.uniform(0.0, self.longest)
        self.longest = min(self.longest * 2, LONGEST_WAIT)
        return seconds

    def reset(self) -> None:
        """The connection stands: the next loss starts with a short wait."""
        self.longest = 1.0
