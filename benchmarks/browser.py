"""As much of a browser as a benchmark needs: cookies, forms, a connection for each request, as a proxy makes them."""

import http.client
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

PATIENCE: Final = 60  # seconds for one answer
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Log:
    """How long each kind of request took, in seconds, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


class Unexpected(Exception):
    """An answer that is none of those the step can end with."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form that is sent to ``action``, as they stand."""
        reader = _Form(action)
        reader.feed(self.body)
        if not reader.found:
            raise Unexpected(f"no form for {action}")
        return reader.fields


class Browser:
    """One person at one machine of the intranet; ``address`` is what the proxy says of him."""

    def __init__(self, port: int, address: str, log: Log) -> None:
        self.port, self.address, self.log = port, address, log
        self.cookies: dict[str, str] = {}

    def get(self, path: str, *, kind: str) -> Answer:
        return self._ask("GET", path, None, kind, 200)

    def post(self, path: str, data: Mapping[str, str], *, kind: str) -> Answer:
        """Every form of the portal that succeeds answers with another page."""
        return self._ask("POST", path, urlencode(data), kind, 302)

    def _ask(self, method: str, path: str, body: str | None, kind: str, expected: int) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
            "Connection": "close",
            **(FORM if body is not None else {}),
        }
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        self.log.seconds[kind].append(time.perf_counter() - begun)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status != expected:
            raise Unexpected(f"{kind}: {method} answered {answer.status}")
        return Answer(answer.status, answer.getheader("Location", ""), text)


class _Form(HTMLParser):
    """Reads the fields that a browser would send, but for the button."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.found = action, False, False
        self.fields: dict[str, str] = {}
        self._text = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("action", self.action) == self.action and said.get("method", "").lower() == "post"
            self.found = self.found or self.inside
        name = said.get("name", "")
        if not self.inside:
            return
        if tag == "textarea":
            self._text, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and self._select and "selected" in said:
            self.fields[self._select] = said.get("value", "")
        elif tag == "input" and name and (said.get("type") not in ("checkbox", "radio", "submit") or "checked" in said):
            self.fields[name] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""
