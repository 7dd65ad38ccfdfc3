"""Somebody who may stop reading."""

from bench import tcp
from bench.screen import Screen


class Reader(Screen):
    """A socket of theirs."""

    def stop_reading(self) -> None:
        """Read nothing more, as a program that hangs."""
        self._say_no_more()
        assert self._transport is not None
        self._transport.underlying_transport.pause_reading()

    @property
    def is_put_out(self) -> bool:
        """The server hung up, also on somebody who does not read that."""
        return self._transport is None or not tcp.stands(self._transport.underlying_transport)
