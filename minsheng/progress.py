"""How far a long step has come, told to the page that waits for it while the step still runs.

The page names its step (a random word, sent along as ``progress``) and asks for it. What is told lies in a cache of
files, since the step's own transaction would hide rows from everybody else until its end. Without scripts nothing is
asked and nothing told: the browser waits as it does for any page.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypedDict, TypeVar, cast

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from departments.models import User
from minsheng.http import Request

FIELD: Final = "progress"  # of a form: the name of its step
EVERY: Final = 0.25  # seconds between two words of one phase
_NAME = re.compile(r"[0-9a-f]{16,40}")
One = TypeVar("One")
P = ParamSpec("P")


class Told(TypedDict):
    """``total`` is 0 where nobody can say how much there is."""

    words: str
    done: int
    total: int


class _Teller:
    def __init__(self, key: str) -> None:
        self.key, self.words, self.at = key, "", 0.0

    def __call__(self, words: str, done: int, total: int) -> None:
        now = time.monotonic()
        if words == self.words and now - self.at < EVERY:
            return
        self.words, self.at = words, now
        caches["progress"].set(self.key, Told(words=words, done=done, total=total))


_teller: ContextVar[_Teller | None] = ContextVar("progress", default=None)


def tell(words: str, done: int = 0, total: int = 0) -> None:
    """Say what is being done, and how much of it; nothing where nobody waits."""
    if (teller := _teller.get()) is not None:
        teller(words, done, total)


def each(things: Iterable[One], words: str, total: int) -> Iterator[One]:
    """``things`` one by one, telling how many of ``total`` have been taken."""
    for done, thing in enumerate(things):
        tell(words, done, total)
        yield thing


def tells_progress(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose step the page may ask about."""

    @wraps(view)
    def telling(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with _told_to(cast(User, request.user), request.POST.get(FIELD, "")):
            return view(request, *args, **kwargs)

    return telling


@contextmanager
def _told_to(person: User, name: str) -> Iterator[None]:
    if not _NAME.fullmatch(name):
        yield
        return
    token = _teller.set(_Teller(_key(person, name)))
    try:
        yield
    finally:
        _teller.reset(token)
        caches["progress"].delete(_key(person, name))


@require_safe
def progress(request: HttpRequest, name: str) -> HttpResponse:
    """What the person's step of this name tells; empty where it tells nothing, or is over."""
    person = cast(Request, request).user
    told = caches["progress"].get(_key(person, name)) if _NAME.fullmatch(name) else None
    return JsonResponse(told or {})


def _key(person: User, name: str) -> str:
    """Nobody sees the steps of others."""
    return f"{person.pk}-{name}"
