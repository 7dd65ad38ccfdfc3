"""People who go on as if nothing were: one writes, one listens, others ask for pages and send forms."""

import contextlib
import itertools
import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.deploy.hosted import HostedSite


class Traffic:
    """What was seen from outside while it went on, in a `with` block."""

    def __init__(self, site: HostedSite) -> None:
        self.site = site
        self.room = str(site.seats[0].room)
        self.pages: list[int] = []
        self.forms: list[int] = []
        self.acknowledged: list[int] = []
        self.heard: list[int] = []
        self.closes: list[int] = []
        self.broken: list[str] = []
        self._writing: ClientConnection | None = None
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._kept, args=(work,), daemon=True)
            for work in (self._write, self._listen, self._read, self._send)
        ]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(60)

    def _kept(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 — told by the test.
            self.broken.append(f"{work.__name__}: {error!r}; heard {self.heard[-3:]} of {self.acknowledged[-3:]}")

    def _read(self) -> None:
        while not self._is_over.wait(0.03):
            self.pages.append(self.site.ask_as(self.site.seats[1], "/account/profile/").status)

    def _send(self) -> None:
        while not self._is_over.wait(0.05):
            self.forms.append(self.site.ask("/join/x/", method="POST").status)

    def _write(self) -> None:
        for number in itertools.count():
            if self._is_over.wait(0.03):
                return
            self._post(f"message {number}")

    def _post(self, text: str) -> None:
        """Say it until it is acknowledged, each time under the same id."""
        client_id = str(uuid.uuid4())
        while True:
            try:
                self._writing = self._writing or self._opened(0, 0)
                post = {"type": "post", "id": 2, "room": int(self.room), "client_id": client_id, "text": text}
                reply = self._said(self._writing, post)
            except ConnectionClosed as closed:
                self._note(closed)
                self._writing = None
                continue
            if reply["type"] == "ok":
                self.acknowledged.append(reply["seq"])
                return

    def _listen(self) -> None:
        """Hear all from the beginning, each time from where it broke off."""
        while self._goes_on():
            try:
                socket = self._opened(1, self.heard[-1] if self.heard else 0)
                while self._goes_on():
                    # Once nobody writes any more nothing may come; then it is asked again whether all was heard.
                    with contextlib.suppress(TimeoutError):
                        self._hear(json.loads(socket.recv(timeout=1)))
            except ConnectionClosed as closed:
                self._note(closed)

    def _hear(self, said: dict[str, Any]) -> None:
        if str(said.get("room")) == self.room and "seq" in said:
            self.heard.append(said["seq"])

    def _goes_on(self) -> bool:
        return not self._is_over.is_set() or max(self.heard, default=0) < max(self.acknowledged, default=0)

    def _opened(self, seat: int, position: int) -> ClientConnection:
        socket = self.site.open_socket(self.site.seats[seat])
        socket.send(json.dumps({"type": "hello", "id": 1, "positions": {self.room: position}}))
        return socket

    @staticmethod
    def _said(socket: ClientConnection, command: dict[str, Any]) -> dict[str, Any]:
        socket.send(json.dumps(command))
        while (said := json.loads(socket.recv(timeout=20)))["type"] not in {"ok", "error"} or said["id"] != command[
            "id"
        ]:
            pass
        return dict(said)

    def _note(self, closed: ConnectionClosed) -> None:
        self.closes.append(closed.rcvd.code if closed.rcvd else 0)
