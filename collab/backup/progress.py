"""How far it is, told while one waits."""

from django.core.management.base import OutputWrapper

STEP = 1 << 20


def amount(size: int) -> str:
    """Bytes, for people."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


class Progress:
    """A line for each thing that is done; while it is done the line grows, where a person watches."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream = stream
        self._is_watched = stream.isatty()
        self._told = 0

    def say(self, text: str) -> None:
        """One line."""
        self._stream.write(text)
        self._stream.flush()

    def moved(self, what: str, size: int) -> None:
        """So many bytes of a thing are done."""
        if self._is_watched and abs(size - self._told) >= STEP:
            self._told = size
            self._stream.write(f"\r{what}: {amount(size)} ", ending="")
            self._stream.flush()

    def done(self, what: str, size: int) -> None:
        """All of it is."""
        self.say(f"{chr(13) if self._is_watched else ''}{what}: {amount(size)} ")
