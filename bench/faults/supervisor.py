"""Starts again what ends by itself, as whatever supervises a site does."""

import asyncio
from collections.abc import Sequence

from bench.faults.part import Part


class Supervisor:
    """Looks after some parts; those that a fault killed or stopped stay so until it starts them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._told: list[str] = []
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._watching = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Leave them alone."""
        if self._watching is not None:
            self._watching.cancel()

    def news(self) -> list[str]:
        """What ended since the last time."""
        told, self._told = self._told, []
        return told

    async def _watch(self) -> None:
        while True:
            for part in self._parts:
                if part.has_fallen:
                    self._told.append(f"{part.name} ended by itself and was started again: {part.last_words()}")
                    part.start()
            await asyncio.sleep(1)
