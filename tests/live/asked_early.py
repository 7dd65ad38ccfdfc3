"""An application of a process that is asked for its numbers before it is ready to say them."""

import signal

from tests.live.failing import application

__all__ = ["application"]

signal.raise_signal(signal.SIGUSR1)
