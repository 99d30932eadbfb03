"""Browser tests: pytest-playwright driving the system's Chromium against ``live_server``.

A test that asks for ``page`` (or ``context``, ``new_context``) is a browser test and is marked so. It is skipped, with
the reason, where no Chromium is found; with REQUIRE_BROWSER=1 it fails there. Whatever it does, it also fails if a page
logs an error or throws one, an HTML response comes without a Content-Security-Policy, a response is a server error,
or anything is asked of another machine. What a test provokes on purpose it allows: ``page_log.allow("409")``.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",  # as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
HERE = {"127.0.0.1", "localhost", "::1"}
NO_REQUEST = {"about", "blob", "chrome", "chrome-error", "data"}


class Chromium(NamedTuple):
    path: str  # empty where there is none
    missing: str  # why there is none


@cache
def find_chromium() -> Chromium:
    """The first Chromium that starts. On Ubuntu the command may be a mere hint to install a snap."""
    for name in NAMES:
        path = shutil.which(name)
        if not path:
            continue
        try:
            subprocess.run([path, "--version"], check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            continue
        return Chromium(path, "")
    hint = "apt-get install chromium-headless-shell fonts-noto-cjk"
    return Chromium("", f"no Chromium found ({', '.join(NAMES)}): {hint}")


def required() -> bool:
    return os.environ.get("REQUIRE_BROWSER") == "1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if not chromium.path:
        (pytest.fail if required() else pytest.skip)(chromium.missing)
    # Playwright runs an event loop in this thread from here on, in which Django refuses its ordinary queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": chromium.path, "args": FLAGS}


@dataclass
class PageLog:
    """What went wrong on the pages of a test, apart from what the test allows."""

    found: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Expect problems that match ``pattern``, such as the console's word on a 409 that the test provokes."""
        self.allowed.append(re.compile(pattern))

    @property
    def problems(self) -> list[str]:
        return [text for text in self.found if not any(pattern.search(text) for pattern in self.allowed)]

    def watch(self, context) -> None:
        context.on("console", self._console)
        context.on(
            "weberror", lambda error: self.found.append(f"error on {error.page and error.page.url}: {error.error}")
        )
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message) -> None:
        url = message.location.get("url", "")
        # Chromium asks for this one by itself, once and whenever it likes.
        if message.type == "error" and urlsplit(url).path != "/favicon.ico":
            self.found.append(f"console: {message.text} ({url})")

    def _request(self, request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in NO_REQUEST and url.hostname not in HERE:
            self.found.append(f"request to another machine: {request.url}")

    def _response(self, response) -> None:
        if response.status >= 500:
            self.found.append(f"server error {response.status}: {response.url}")
        headers = response.headers
        if headers.get("content-type", "").startswith("text/html") and "content-security-policy" not in headers:
            self.found.append(f"no Content-Security-Policy: {response.url}")


@pytest.fixture
def page_log():
    log = PageLog()
    yield log
    if log.problems:
        pytest.fail("\n".join(["on the pages of this test:", *log.problems]), pytrace=False)


@pytest.fixture
def new_context(page_log, new_context):
    """Each context, and so each page, is watched. The log is set up first and hence read last."""

    def watched(**kwargs):
        context = new_context(**{"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **kwargs})
        page_log.watch(context)
        return context

    return watched


@pytest.fixture
def sign_in(live_server):
    """``sign_in(page, user)``: the browser carries the user's session; the sign-in page has its own test.

    Each from a client of its own: one client would end the session of the person before.
    """

    def carry_session(page, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return carry_session
