"""The log as the hub reads it: topics for rooms, entries for events."""

from collections.abc import Mapping, Sequence

from collab.live.database import in_database
from collab.live.messages import Message
from rooms import log
from rooms.announce import entry, room_of_topic, room_topic


class RoomFeed:
    """Reads the topics `room.<id>`; no other topic has a log."""

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        """The head of each room's topic.

        Raises:
            Unavailable: the database is away.
        """
        ids = [room for topic in topics if (room := room_of_topic(topic))]
        heads = await in_database(log.heads, ids) if ids else {}
        return {room_topic(room): head for room, head in heads.items()}

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        """The entries of a room's topic after a seq.

        Raises:
            Trimmed: the log is not whole from there on any more.
            Unavailable: the database is away.
        """
        events = await in_database(log.read_after, room_of_topic(topic), after, limit)
        return [entry(event, event.at.timestamp()) for event in events]
