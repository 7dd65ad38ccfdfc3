"""Examples of what the API shows."""

import msgspec

from collab.protocol.examples import ADA, AT, CLIENT_ID, HTML, TEXT
from rooms.api.shapes import MessagePage, MessageShape, ReactionShape, RoomShape, WorkspaceShape

REACTION = ReactionShape(emoji="👍", people=[2])
MESSAGE = MessageShape(
    room=7,
    seq=42,
    author=ADA,
    client_id=CLIENT_ID,
    at=AT,
    text=TEXT,
    html=HTML,
    edited_at=None,
    deleted=False,
    pinned=True,
    reactions=[REACTION],
    mentions=[2],
    mentions_room=False,
)

SHAPES: tuple[msgspec.Struct, ...] = (
    WorkspaceShape(id=3, slug="analytical-engines", name="Analytical Engines", role="member", general=5),
    RoomShape(
        id=7,
        workspace=3,
        kind="public",
        name="maps",
        topic="Everything with a legend",
        head=42,
        archived=False,
        is_member=True,
    ),
    MESSAGE,
    REACTION,
    MessagePage(messages=[MESSAGE], older=True, newer=False),
)
