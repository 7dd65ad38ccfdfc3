"""Somebody with the site open: what static/js/live/ does for them, without a page."""

import asyncio
import itertools
import random
import time

from bench.checker import Heard
from bench.faults.frames import Frame
from bench.faults.gate import Gate
from bench.faults.history import History, Return
from bench.faults.outbox import UNKNOWN, Answer, Outbox
from bench.faults.owner import State
from bench.faults.socket import LiveSocket
from bench.plan import Saying, Seat

#: Seconds after which a command without an answer counts as of unknown fate (commands.js).
ANSWER_WITHIN = 15.0


class Person:
    """Socket, gates and outbox of one seat.

    Args:
        number: index of the seat.
        origin: the site's address.
    """

    def __init__(self, number: int, seat: Seat, origin: str, history: History, lot: random.Random) -> None:
        self.number, self.seat, self.history = number, seat, history
        self.gates: dict[int, Gate] = {}
        #: By room, the head as of which the site said that they are in it.
        self._since: dict[int, int] = {}
        self.socket = LiveSocket(origin, origin, seat.session, self, lot)
        self.outbox = Outbox(self._post, self._refused)
        self._ids = itertools.count(1)
        self._open: dict[int, asyncio.Future[Answer]] = {}
        self._lost_at = 0

    @property
    def is_live(self) -> bool:
        """Caught up, and hearing what happens."""
        return self.socket.state is State.LIVE

    def say(self, saying: Saying) -> None:
        """Write something and press enter."""
        self.history.say(saying)
        self.outbox.add(saying)

    def whereabouts(self) -> str:
        """Where they are, for a report of somebody who never caught up."""
        socket = self.socket
        shown = ", ".join(f"room {room} up to {gate.shown}" for room, gate in self.gates.items())
        return f"{socket.state.value} on {socket.local}, {shown}, closed with {socket.closes[-3:]} {socket.refusal}"

    async def leave(self) -> None:
        """Close the page."""
        self.socket.close()
        await self.outbox.close()

    # --- for the socket ----------------------------------------------------------------------------

    def positions(self) -> dict[str, int]:
        """Seq shown, by room."""
        return {str(room): gate.shown for room, gate in self.gates.items()}

    def on_state(self, state: State) -> None:
        """The socket came or went."""
        if state in {State.LOST, State.STOPPED}:
            self._lost()
        elif state is State.LIVE:
            if self._lost_at:
                now = time.monotonic_ns()
                self.history.returns.append(Return(now, self.number, (now - self._lost_at) / 1e9))
                self._lost_at = 0
            self.outbox.live()

    def on_close(self, code: int) -> None:
        """The socket ended."""
        self.history.closes[code] += 1

    def on_frame(self, frame: Frame) -> None:
        """Replies to their commands, events to their gates, and what moves the gates."""
        if frame.type in {"ok", "error"}:
            self._settle(frame)
        elif frame.seq is not None:
            self._take(frame, frame.seq)
        elif frame.type == "heads":
            for room in frame.heads.keys() & self.gates.keys():
                self.gates[room].expect(frame.heads[room])
        elif frame.type == "welcome":
            self._welcomed(frame)
        else:
            self._mind(frame)

    def _take(self, event: Frame, seq: int) -> None:
        if event.room in self.gates:
            self.gates[event.room].offer(event)
        else:
            self.history.strays[self.number].append(Heard(event.room, seq, event.client_id, time.monotonic_ns()))

    def _mind(self, frame: Frame) -> None:
        if frame.type == "reload" and (gate := self.gates.get(frame.room)):
            self.history.jumps[self.number, frame.room].append((gate.shown, frame.head))
            gate.jump(frame.head)
        elif frame.type == "room_added" and frame.state:
            self._added(frame.state.room, frame.state.head)
        elif frame.type == "room_removed":
            self._removed(frame.room, frame.head)

    def _welcomed(self, frame: Frame) -> None:
        heads = {state.room: state.head for state in frame.rooms}
        for room in self.gates.keys() - heads.keys():
            self._close_room(room)
        for room, head in heads.items():
            self._let_in(room, head)

    def _added(self, room: int, head: int) -> None:
        self._let_in(room, head)
        self.gates[room].expect(head)

    def _let_in(self, room: int, head: int) -> None:
        if room not in self.gates:
            self.gates[room] = Gate(head, self._shown, lambda after: self._fetch(room, after))
        self._since[room] = max(head, self._since.get(room, 0))

    def _removed(self, room: int, head: int) -> None:
        """Out of a room; or it is late, and they have come back since."""
        if room in self.gates and head > self._since[room]:
            self._close_room(room)

    def _close_room(self, room: int) -> None:
        self.gates.pop(room).lost()
        del self._since[room]

    def _fetch(self, room: int, after: int) -> None:
        self.socket.send("fetch", next(self._ids), room=room, after=after)

    def _shown(self, event: Frame) -> None:
        assert event.seq is not None
        self.history.show(self.number, Heard(event.room, event.seq, event.client_id, time.monotonic_ns()))
        self.socket.confirm_soon(event.room)
        if event.client_id in self.outbox:
            self.history.learn(event.client_id, event.seq)
        self.outbox.accepted(event.client_id)

    def _lost(self) -> None:
        self._lost_at = self._lost_at or time.monotonic_ns()
        for gate in self.gates.values():
            gate.lost()
        self.outbox.lost()
        unanswered, self._open = self._open, {}
        for future in unanswered.values():
            if not future.done():
                future.set_result(UNKNOWN)

    # --- for the outbox ----------------------------------------------------------------------------

    async def _post(self, saying: Saying) -> Answer:
        number = next(self._ids)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[number] = future
        self.history.step(self.number, saying.client_id, "sent")
        if not self.socket.send("post", number, room=saying.room, client_id=saying.client_id, text=saying.text):
            future.set_result(UNKNOWN)
        try:
            answer = await asyncio.wait_for(future, ANSWER_WITHIN)
        except TimeoutError:
            answer = UNKNOWN
        self._open.pop(number, None)
        self._note(saying, answer)
        return answer

    def _note(self, saying: Saying, answer: Answer) -> None:
        if answer.seq is not None:
            self.history.accept(self.number, saying.client_id, answer.seq)
        elif answer is UNKNOWN:
            self.history.step(self.number, saying.client_id, "unknown")
        else:
            self.history.step(self.number, saying.client_id, "put off", answer.code)

    def _refused(self, saying: Saying, code: str) -> None:
        self.history.refuse(self.number, saying.client_id, code)

    def _settle(self, frame: Frame) -> None:
        future = self._open.get(frame.id or 0)
        if future is None or future.done():
            return
        if frame.type == "ok":
            future.set_result(Answer(seq=frame.seq))
        else:
            future.set_result(Answer(code=frame.code, retry_after=frame.retry_after))
