"""A person's socket: each command in a few lines, decided elsewhere."""

import asyncio
import hashlib
from collections.abc import Awaitable
from functools import partial

import msgspec
from django.conf import settings

from accounts.cards import card
from accounts.handshake import SignIn
from accounts.models import User
from collab.live import journeys, metrics
from collab.live.consumer import LiveConsumer, handles
from collab.live.database import in_database
from collab.live.drain import is_leaving
from collab.live.errors import Close, HelloAgain, HelloFirst, Trimmed
from collab.live.handshake import cookie
from collab.live.limits import Verdict
from collab.live.topic import PARTED
from rooms import commands, greeting, node
from rooms.access import access_room
from rooms.actions.messages import DeleteMessage, EditMessage, PostMessage
from rooms.actions.pins import PinMessage, UnpinMessage
from rooms.actions.positions import Reading
from rooms.actions.reactions import AddReaction, RemoveReaction
from rooms.announce import announce_typing, entry, room_topic
from rooms.errors import PositionBeyondHead, RoomNotFound
from rooms.log import Draft
from rooms.readers import of_room
from rooms.signals import Reload

Written = Awaitable[int | None]


class RoomConsumer(LiveConsumer):
    """All of a person's rooms on one socket."""

    subprotocol = "collab.v1"
    decoder = msgspec.json.Decoder(commands.AnyCommand)
    user: User
    sign_in: SignIn

    async def identify(self) -> int | None:
        """Whose session the handshake carries."""
        session_key = cookie(self.scope, settings.SESSION_COOKIE_NAME)
        if not session_key:
            return None
        self.node = await node.current()
        found = await self.node.handshakes.submit(session_key)
        if found is None:
            return None
        self.user, self.sign_in = found
        return self.user.pk

    async def open(self) -> Close | None:
        """Let the hub know the socket."""
        if is_leaving():
            # It came while the node was saying goodbye to those who were there, and would be waited for in vain.
            return Close.GOING_AWAY
        if not self.node.allowances.open_socket(self.user.pk):
            return Close.TOO_MANY_SOCKETS
        self.node.hub.sockets.add(self.outlet)
        self.node.standing.add(self.outlet, self.sign_in)
        return None

    async def gone(self) -> None:
        """Have everyone forget it."""
        self.node.allowances.close_socket(self.user.pk)
        self.node.hub.close(self.outlet)
        self.node.attendance.go(self.outlet)
        self.node.standing.remove(self.outlet)

    def judge(self, size: int) -> Verdict:
        """Whether the person has not sent too much, over all their sockets here."""
        return self.node.allowances.of(self.user.pk).take(size)

    async def _check_session(self) -> None:
        if not await self.node.sessions.submit(self.sign_in):
            self.outlet.close(Close.SESSION_ENDED)

    def on_control(self, kind: str, argument: str) -> None:
        """Sign out, say hello anew after a change of what the person may hear, or look what is missing."""
        if kind == "session_ended" and argument in {"", hashlib.sha256(self.sign_in.session_key.encode()).hexdigest()}:
            self.outlet.close(Close.SESSION_ENDED)
        elif kind == "reconnect":
            self.outlet.close(Close.GOING_AWAY)
        elif kind == "nudge":
            self.node.background.run(greeting.nudge(self.node, self.outlet))
        elif kind == PARTED:
            self.node.background.run(greeting.recheck(self.node, self.outlet, self.user))

    # --- hello and heartbeat -------------------------------------------------------------------------

    @handles(commands.Hello)
    async def hello(self, command: commands.Hello) -> int | None:
        """Begin to hear one's rooms."""
        if self.is_greeted:
            raise HelloAgain
        self.go_on()
        try:
            await greeting.hear_oneself(self.node, self.outlet, self.user)
            async with self.node.greetings:
                if self.outlet.is_gone:
                    # They waited long, and have given up: those behind them need not wait for this.
                    return None
                await self._check_session()
                await greeting.greet(self.node, self.outlet, self.user, command)
        except Exception:
            # Half subscribed is worse than not at all: come back and say hello anew.
            self.outlet.close(Close.GOING_AWAY)
            raise
        return None

    @handles(commands.Ping, commands.Confirm)
    def ping(self, command: commands.Ping | commands.Confirm) -> int | None:
        """Go on; coming at all is what counts, and then what either end may have lost."""
        self._need_hello()
        greeting.compare(self.node, self.outlet, self.user, command.positions)
        return None

    # --- what is stored ----------------------------------------------------------------------------

    def write(self, draft: Draft) -> Written:
        """Hand a draft to the writer, which commits it with whatever else has come."""
        self._need_hello()
        written = self.node.writer.submit(draft)
        written.add_done_callback(partial(self._expect, draft, self._loop.time()))
        return written

    def _expect(self, draft: Draft, came: float, done: "asyncio.Future[int | None]") -> None:
        """What is acknowledged stands in the log, and must be on its way, also where another node had stored it."""
        if not done.cancelled() and done.exception() is None and (seq := done.result()):
            if not draft.is_repeat:
                journeys.committed(room_topic(draft.room_id), seq, self._loop.time() - came)
            self.node.hub.expect(room_topic(draft.room_id), seq)

    @handles(commands.Post)
    def post(self, command: commands.Post) -> Written:
        """Say something."""
        draft = PostMessage(room_id=command.room, user=self.user, client_id=command.client_id, text=command.text)
        return self.write(draft)

    @handles(commands.Edit)
    def edit(self, command: commands.Edit) -> Written:
        """Change one's message."""
        return self.write(EditMessage(room_id=command.room, user=self.user, message=command.message, text=command.text))

    @handles(commands.Delete)
    def delete(self, command: commands.Delete) -> Written:
        """Delete a message."""
        return self.write(DeleteMessage(room_id=command.room, user=self.user, message=command.message))

    @handles(commands.React)
    def react(self, command: commands.React) -> Written:
        """Put an emoji on a message."""
        return self.write(
            AddReaction(room_id=command.room, user=self.user, message=command.message, emoji=command.emoji)
        )

    @handles(commands.Unreact)
    def unreact(self, command: commands.Unreact) -> Written:
        """Take one's emoji back."""
        return self.write(
            RemoveReaction(room_id=command.room, user=self.user, message=command.message, emoji=command.emoji)
        )

    @handles(commands.Pin)
    def pin(self, command: commands.Pin) -> Written:
        """Keep a message at hand."""
        return self.write(PinMessage(room_id=command.room, user=self.user, message=command.message))

    @handles(commands.Unpin)
    def unpin(self, command: commands.Unpin) -> Written:
        """Take a pin away."""
        return self.write(UnpinMessage(room_id=command.room, user=self.user, message=command.message))

    @handles(commands.Read)
    def read(self, command: commands.Read) -> Written:
        """Note how far the person has read."""
        self._need_hello()
        noted = self.node.readings.submit(Reading(self.user, command.room, command.position))
        noted.add_done_callback(partial(self._note_read, command.room, command.position))
        return noted

    def _note_read(self, room: int, position: int, done: "asyncio.Future[int | None]") -> None:
        if not done.cancelled() and done.exception() is None:
            journeys.read(room_topic(room), self.user.pk, position)

    # --- what is not ---------------------------------------------------------------------------------

    @handles(commands.Type)
    def typing(self, command: commands.Type) -> int | None:
        """Tell the room that the person is typing. Hearing a room is proof of being in it."""
        self._need_hello()
        if not self.node.hub.sockets.hears(self.outlet, room_topic(command.room)):
            raise RoomNotFound
        announce_typing(command.room, card(self.user))
        return None

    @handles(commands.AskReaders)
    async def readers(self, command: commands.AskReaders) -> int | None:
        """Tell how far everyone has read."""
        self._need_hello()
        greeting.say(self.outlet, await in_database(of_room, self.user, command.room))
        return None

    @handles(commands.Fetch)
    async def fetch(self, command: commands.Fetch) -> int | None:
        """Send events of a room again."""
        self._need_hello()
        room = (await in_database(access_room, self.user, command.room)).joined().room
        if command.after > room.head:
            raise PositionBeyondHead
        try:
            events = await in_database(greeting.missed, room, command.after)
        except Trimmed:
            greeting.say(self.outlet, Reload(room=room.pk, head=room.head))
            metrics.RELOADS.inc()
            return None
        for event in events:
            await self.outlet.ready()
            self.outlet.send(entry(event).frame)
            metrics.RESENT.inc()
        return None

    def _need_hello(self) -> None:
        if not self.is_greeted:
            raise HelloFirst
