"""Signing in over HTTP as a browser does, with nothing but the standard library."""

import asyncio
import http.client
import http.cookies
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

LOGIN = "/account/login/"


class SignInFailed(Exception):
    """The site answered with a page instead of a redirect."""


@dataclass
class Browser:
    """As much of a browser as a program needs: it keeps cookies."""

    site: str
    cookies: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of the answer; its cookies are kept, a redirect is not followed."""
        where = urlsplit(self.site)
        make = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        connection = make(where.netloc, timeout=30)
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, self._headers(form))
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self._keep(line)
            return answer.status, answer.read()
        finally:
            connection.close()

    def _headers(self, form: dict[str, str] | None) -> dict[str, str]:
        headers = {"Referer": self.site + LOGIN}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers

    def _keep(self, line: str) -> None:
        for name, morsel in http.cookies.SimpleCookie(line).items():
            self.cookies[name] = morsel.value


def sign_in_blocking(site: str, email: str, password: str) -> Browser:
    """A browser in which the person is signed in."""
    browser = Browser(site)
    browser.request("GET", LOGIN)
    form = {"login": email, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    status, body = browser.request("POST", LOGIN, form)
    if status != http.client.FOUND or "sessionid" not in browser.cookies:
        raise SignInFailed(status, body.decode(errors="replace"))
    return browser


async def sign_in(site: str, email: str, password: str) -> str:
    """The session of the person: the value of the cookie `sessionid`."""
    browser = await asyncio.to_thread(sign_in_blocking, site, email, password)
    return browser.cookies["sessionid"]
