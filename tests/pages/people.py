"""The cast as the site knows them: each signs up over HTTP once, and says things by API and form."""

import http.client
import http.cookies
import json
import uuid
from typing import Any
from urllib.parse import quote, urlencode

from playwright.sync_api import StorageState, StorageStateCookie
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PASSWORD = "three plain words"


class Answer:
    """What came back: status, headers, body."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read().decode()


class Person:
    """Somebody with a session; their screen takes over the cookies."""

    def __init__(self, port: int, name: str) -> None:
        self.port = port
        self.name = name
        self.handle = name.lower()
        self.email = f"{self.handle}@example.org"
        self.cookies: dict[str, str] = {}
        self.id = 0

    def sign_up(self) -> None:
        """Become somebody of the site, living in Berlin wherever the browser is."""
        self.ask("GET", "/account/signup/")
        form = {"name": self.name, "email": self.email, "password1": PASSWORD, "time_zone": "Europe/Berlin"}
        self.enter("/account/signup/", form)

    def sign_in(self) -> None:
        """Another session of the same person, in the place of this one."""
        self.cookies.clear()
        self.ask("GET", "/account/login/")
        self.enter("/account/login/", {"login": self.email, "password": PASSWORD})

    def enter(self, path: str, form: dict[str, str]) -> None:
        answer = self.post(path, **form)
        assert answer.status == 302, answer.body
        assert "sessionid" in self.cookies

    def ask(self, method: str, path: str, body: str | None = None, kind: str = JSON) -> Answer:
        """One request as this person; cookies are kept, redirects are not followed."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        try:
            connection.request(method, path, body and body.encode(), self.headers(kind))
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in http.cookies.SimpleCookie(line).items()}
        return answer

    def headers(self, kind: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Content-Type": kind, "X-CSRFToken": self.cookies.get("csrftoken", "")}

    def post(self, path: str, **form: object) -> Answer:
        """Fill in a form of the site's."""
        answer = self.ask("POST", path, urlencode(form, doseq=True), FORM)
        assert answer.status in {200, 302}, f"{path}: {answer.status} {answer.body[:2000]}"
        return answer

    def api(self, method: str, path: str, **body: object) -> Any:
        """What the API answers."""
        answer = self.ask(method, f"/api/v1/{path}", json.dumps(body) if body else None)
        assert answer.status in {200, 201}, f"{method} {path}: {answer.status} {answer.body[:2000]}"
        return json.loads(answer.body)

    def say(self, room: int, text: str) -> int:
        """Post a message; its seq."""
        said = self.api("POST", f"rooms/{room}/messages/", client_id=str(uuid.uuid4()), text=text)
        return int(said["seq"])

    def say_all(self, room: int, texts: list[str]) -> None:
        """Post many messages, in order and at once: on a socket, where that takes a tenth of the time."""
        with connect(
            f"ws://localhost:{self.port}/ws/",
            origin=Origin(f"http://localhost:{self.port}"),
            additional_headers={"Cookie": self.headers(JSON)["Cookie"]},
            subprotocols=[Subprotocol("collab.v1")],
            max_size=None,
            proxy=None,
        ) as socket:
            socket.send('{"type": "hello", "id": 0}')
            for number, text in enumerate(texts, 1):
                post = {"type": "post", "id": number, "room": room, "client_id": str(uuid.uuid4()), "text": text}
                socket.send(json.dumps(post))
            replies: list[str] = []
            while len(replies) < len(texts):
                frame = json.loads(socket.recv(timeout=30))
                if frame["type"] in {"ok", "error"}:
                    replies.append(frame["type"])
            assert set(replies) == {"ok"}

    def reword(self, room: int, seq: int, text: str) -> None:
        self.api("PATCH", f"rooms/{room}/messages/{seq}/", text=text)

    def delete(self, room: int, seq: int) -> None:
        self.api("DELETE", f"rooms/{room}/messages/{seq}/")

    def react(self, room: int, seq: int, emoji: str) -> None:
        self.api("PUT", f"rooms/{room}/messages/{seq}/reactions/{quote(emoji)}/")

    def unreact(self, room: int, seq: int, emoji: str) -> None:
        self.api("DELETE", f"rooms/{room}/messages/{seq}/reactions/{quote(emoji)}/")

    def pin(self, room: int, seq: int) -> None:
        self.api("PUT", f"rooms/{room}/messages/{seq}/pin/")

    def unpin(self, room: int, seq: int) -> None:
        self.api("DELETE", f"rooms/{room}/messages/{seq}/pin/")

    def head(self, room: int) -> int:
        """Seq of a room's newest event."""
        return int(self.api("GET", f"rooms/{room}/")["head"])

    @property
    def state(self) -> StorageState:
        """The session, for a browser."""
        return {"cookies": [self.cookie("sessionid"), self.cookie("csrftoken")]}

    def cookie(self, name: str) -> StorageStateCookie:
        return {"name": name, "value": self.cookies[name], "domain": "localhost", "path": "/"}
