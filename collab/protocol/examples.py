"""One true example of everything that is said on a socket, built from the structs themselves."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from accounts.cards import Person
from collab.live import replies
from collab.live.errors import Unavailable
from rooms import commands, events, signals

AT = datetime(2026, 11, 24, 9, 41, 7, 125000, tzinfo=UTC)
CLIENT_ID = UUID("0b6c1f0e-5d0a-4c3c-9d8e-2f6f1a7b9c55")
EPOCH = UUID("7d0f7c52-3c0b-4a6e-9a51-6f1f0a2b8c10")
TEXT = "Morning @ben, **the map is out** :tada:"
HTML = '<p>Morning <span class="mention" data-person="2">@ben</span>, <strong>the map is out</strong> 🎉</p>\n'

ADA = Person(id=1, name="Ada Byron", handle="ada", initials="AB", tint=5, avatar="/media/avatars/ada.webp")
BEN = Person(id=2, name="Ben Okri", handle="ben", initials="BO", tint=10, status_emoji="🚆", status_text="On the train")
STATE = signals.RoomState(room=7, workspace=3, head=41, position=38, unread=2, mentions=1, direct=False)
READER = signals.Reader(person=BEN, position=42)

COMMANDS: tuple[commands.AnyCommand, ...] = (
    commands.Hello(id=1, positions={7: 38, 9: 120}, since=AT, epoch=EPOCH),
    commands.Post(id=2, room=7, client_id=CLIENT_ID, text=TEXT),
    commands.Edit(id=3, room=7, message=42, text="Morning @ben, **the map is printed**"),
    commands.Delete(id=4, room=7, message=42),
    commands.React(id=5, room=7, message=42, emoji="👍"),
    commands.Unreact(id=6, room=7, message=42, emoji="👍"),
    commands.Pin(id=7, room=7, message=42),
    commands.Unpin(id=8, room=7, message=42),
    commands.Read(id=9, room=7, position=42),
    commands.AskReaders(id=10, room=7),
    commands.Type(id=11, room=7),
    commands.Fetch(id=12, room=7, after=38),
    commands.Ping(id=13, positions={7: 42, 9: 120}),
    commands.Confirm(id=14, positions={7: 42}),
)

EVENTS: tuple[events.AnyEvent, ...] = (
    events.Created(room=7, seq=1, at=AT, actor=ADA),
    events.Posted(room=7, seq=42, at=AT, actor=ADA, client_id=CLIENT_ID, text=TEXT, html=HTML, mentions=(2,)),
    events.Edited(
        room=7,
        seq=43,
        at=AT,
        actor=ADA,
        message=42,
        text="The map is **printed**",
        html="<p>The map is <strong>printed</strong></p>\n",
    ),
    events.Deleted(room=7, seq=44, at=AT, actor=ADA, message=42, author=1, mentions=(2,)),
    events.Expired(room=7, seq=2000, at=AT, actor=None, through=39),
    events.Reacted(room=7, seq=45, at=AT, actor=BEN, message=40, emoji="👍"),
    events.Unreacted(room=7, seq=46, at=AT, actor=BEN, message=40, emoji="👍"),
    events.Pinned(room=7, seq=47, at=AT, actor=ADA, message=40),
    events.Unpinned(room=7, seq=48, at=AT, actor=BEN, message=40),
    events.Renamed(room=7, seq=49, at=AT, actor=ADA, name="maps"),
    events.TopicChanged(room=7, seq=50, at=AT, actor=ADA, topic="Everything with a legend"),
    events.Joined(room=7, seq=51, at=AT, actor=ADA, person=BEN),
    events.Left(room=7, seq=52, at=AT, actor=BEN, person=BEN),
    events.Removed(room=7, seq=53, at=AT, actor=ADA, person=BEN),
    events.RoleChanged(room=5, seq=12, at=AT, actor=ADA, person=BEN, role="admin"),
    events.Archived(room=7, seq=54, at=AT, actor=ADA),
    events.Unarchived(room=7, seq=55, at=AT, actor=ADA),
)

SIGNALS: tuple[signals.AnySignal, ...] = (
    signals.Welcome(
        you=ADA,
        at=AT,
        heartbeat=25,
        epoch=EPOCH,
        rooms=(STATE,),
        workspaces={3: "Ordnance"},
        online={3: (1, 2)},
        changed=(BEN,),
    ),
    signals.CaughtUp(),
    signals.Heads(heads={7: 55}),
    signals.Reload(room=7, head=2048),
    signals.Typing(room=7, person=BEN),
    signals.ReadTo(room=7, person=BEN, position=42),
    signals.Readers(room=7, readers=(READER,)),
    signals.Presence(workspace=3, online=(2,)),
    signals.PersonChanged(person=BEN),
    signals.WorkspaceRenamed(workspace=3, name="Ordnance Survey"),
    signals.RoomAdded(
        state=signals.RoomState(room=11, workspace=3, head=6, position=0, unread=4, mentions=0, direct=False)
    ),
    signals.RoomRemoved(room=7, head=1_206),
    signals.Goodbye(delay=2.4),
)

REPLIES: tuple[replies.AnyReply, ...] = (
    replies.Ok(id=2, seq=42),
    replies.Error(id=2, code=Unavailable.code, message=Unavailable.message, retry_after=Unavailable.retry_after),
)

SHAPES: tuple[msgspec.Struct, ...] = (ADA, STATE, READER)
