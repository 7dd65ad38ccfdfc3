"""What this node said lately and may say again.

What a log keeps is found missing by its seq. A signal is not: a node that was deaf for a moment never learns of it.
Those that stay true however late they come, and however often, are therefore kept for a while, each until a newer one
takes its place, and are said again once a link is up that may have lost some.
"""

import asyncio
from collections.abc import Callable

from collab.live.messages import Message
from collab.live.tasks import Background

#: Seconds for which one is kept while the layer is there. Without it all are: nobody elsewhere heard any.
KEPT = 60.0
#: At most so many are kept; the oldest go first.
MOST = 20_000
#: Seconds until they are said again: the nodes come back about together, and each of them asks for it.
AFTER = 0.5
#: How many are said at once, and seconds until the next: whatever else is said must not wait behind them.
SLICE, PAUSE = 200, 0.05


class Echoes:
    """Messages by topic and name, the oldest first.

    Args:
        say: sends a message to the other nodes.
        is_up: whether the layer is there.
    """

    def __init__(self, say: Callable[[Message], None], is_up: Callable[[], bool]) -> None:
        self._say = say
        self._is_up = is_up
        self._kept: dict[tuple[str, str], tuple[float, Message]] = {}
        self._background = Background()
        self._is_asked = False

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, message: Message) -> None:
        """Keep a message that has a name, in the place of the one before it."""
        if not message.echo:
            return
        name = message.topic, message.echo
        self._kept.pop(name, None)
        self._kept[name] = asyncio.get_running_loop().time(), message
        self._forget()

    def say_soon(self) -> None:
        """Say all of them again, in the background; once, however often it is asked for meanwhile."""
        if not self._is_asked:
            self._is_asked = True
            self._background.run(self._say_all())

    async def stop(self) -> None:
        """Say no more."""
        await self._background.end()

    async def _say_all(self) -> None:
        await asyncio.sleep(AFTER)
        self._is_asked = False
        self._forget()
        messages = [message for _, message in self._kept.values()]
        for start in range(0, len(messages), SLICE):
            for message in messages[start : start + SLICE]:
                self._say(message)
            await asyncio.sleep(PAUSE)

    def _forget(self) -> None:
        oldest = asyncio.get_running_loop().time() - KEPT if self._is_up() else float("-inf")
        while self._kept:
            name = next(iter(self._kept))
            if self._kept[name][0] >= oldest and len(self._kept) <= MOST:
                break
            del self._kept[name]
