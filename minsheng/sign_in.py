"""An expired sign-in loses nothing: what is sent then waits in the person's session until he has signed in again.

Nothing is kept in the browser, since offices share computers: signing out ends it, and another person's sign-in does
not show it. A form that was drawn for one person does nothing in the name of another who has signed in in the same
browser since; what it sends waits for the first one, beside the sessions, for half a day.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

RESTORED: Final = gettext_lazy(
    "Your sign-in had expired: this is what you had typed. It is not saved yet; look at it, then send it again."
)
KEY: Final = "typed_before_sign_in"
FIELD: Final = "typed_by"
SALT: Final = "minsheng.sign_in"
# What forms carry beside what is typed.
HIDDEN: Final = frozenset({FIELD, "csrfmiddlewaretoken", "base", "editor", "version", "step", "back", "item"})
NEVER: Final = frozenset({FIELD, "csrfmiddlewaretoken", "password"})  # no password lies in a session
MOST_CHARACTERS: Final = 200_000
WAITS: Final = 12 * 3600  # seconds


class SignInMiddleware(LoginRequiredMiddleware):
    """Sign-in is required everywhere. A part of a page (htmx) is told so with 401; a form's text is kept first."""

    def handle_no_permission(  # type: ignore[override]  # the stubs know of redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        if request.method == "POST":
            _keep(request)
        answer: HttpResponse = super().handle_no_permission(request, view_func)
        return answer

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """A form does nothing under another name than that of whom it was drawn for."""
        if (refused := refuse_another(request)) is not None:
            return refused
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer


def refuse_another(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form that was drawn for another person than is signed in by now; none where it was not.

    A part of a page is told who is signed in; else the page says it, and what was typed waits for whom it was drawn
    for.
    """
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    drawn_for = _read(request.POST.get(FIELD, ""))[0]
    if drawn_for == request.user.pk and request.POST.get("editor"):
        _supersede(request)
    if drawn_for in (None, request.user.pk):
        return None
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=403)
    else:
        whose = get_user_model().objects.filter(pk=drawn_for, is_active=True).first()
        kept = whose is not None and _waits(request, whose.pk)
        answer = render(request, "drawn_for_another.html", {"whose": whose, "kept": kept}, status=409)
    answer["X-Signed-In-As"] = quote(str(request.user))
    return answer


def _waits(request: HttpRequest, whose: int) -> bool:
    """Keep what was sent for the person it was drawn for, in place of what waited for him of the same page; whether it
    is there.
    """
    place, sent = _place(whose, request.path), _sent(request)
    if sent is None:
        return False
    cache.set(place, sent, WAITS)
    return bool(cache.get(place) == sent)


def _place(whose: int, path: str) -> str:
    return f"{KEY}.{whose}.{hashlib.sha256(path.encode()).hexdigest()[:32]}"


def _supersede(request: HttpRequest) -> None:
    """What waits of a page gives way to what the same page, still open, sends later: the newer text is not replaced by
    the older one. What another page of it sends is compared as ever.
    """
    path, editor = request.path.removesuffix("autosave/"), request.POST.get("editor")
    kept = request.session.get(KEY)
    if kept is not None and kept["path"] == path and kept["data"].get("editor") == [editor]:
        del request.session[KEY]
    place = _place(request.user.pk, path)  # type: ignore[arg-type]  # signed in
    waiting = cache.get(place)
    if waiting is not None and waiting["data"].get("editor") == [editor]:
        cache.delete(place)


def typed_by(user: Any, labels: Mapping[str, str] | None = None) -> str:
    """The mark of a form that was drawn for ``user``: only such forms are kept, and shown to nobody else.

    ``labels`` are what stands beside its boxes, by their names: whoever shows what was typed may not know the form.
    """
    return signing.dumps([user.pk, dict(labels or {})], salt=SALT, compress=True)


def typed(request: HttpRequest, *at: str) -> QueryDict | None:
    """What the form of a page is filled with: what is sent now, or what was sent before the person had to sign in
    again; nothing where it is opened. Every page with a form that is typed in asks here, and acts on a POST alone.

    ``at`` are the addresses the form can be sent to, where that is not the page's own: a page may have several forms.
    """
    if request.method == "POST":
        return request.POST if request.path in (at or (request.path,)) else None
    kept = take(request, *at)
    if kept is not None:
        messages.warning(request, RESTORED)
    return kept


def take(request: HttpRequest, *at: str) -> QueryDict | None:
    """What the person sent to this address, or one of ``at``, before he had to sign in again, once."""
    return _taken(request, *at)[0]


def _taken(request: HttpRequest, *at: str) -> tuple[QueryDict | None, dict[str, str]]:
    """The same, with the labels of the form."""
    places = at or (request.path,)
    kept = request.session.get(KEY)
    if kept is not None and kept["path"] in places:
        del request.session[KEY]
    else:  # sent while another one was signed in
        waiting = [_place(request.user.pk, path) for path in places] if request.user.pk else []
        kept = next(filter(None, map(cache.get, waiting)), None)
        if kept is None:
            return None, {}
        cache.delete_many(waiting)
    if kept["who"] != request.user.pk:
        return None, {}
    typed = QueryDict(mutable=True)
    for name, values in kept["data"].items():
        typed.setlist(name, values)
    return typed, kept.get("labels", {})


def is_kept(request: HttpRequest) -> bool:
    """Whether something typed waits until the person who typed it has signed in again."""
    return KEY in request.session


def left(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent that cannot be taken, as far as it was typed: by this person, into a form drawn for him.

    Sent just now to a step that is refused, or before a sign-in to a page that does not show its form any more.
    """
    if request.method == "POST":
        who, labels = _read(request.POST.get(FIELD, ""))
        mine = who is not None and request.user.is_authenticated and who == request.user.pk
        return _texts(request.POST, labels) if mine else []
    kept, labels = _taken(request)
    return _texts(kept, labels) if kept is not None else []


def _read(mark: str) -> tuple[int | None, dict[str, str]]:
    """For whom a form was drawn, nobody where its mark is none, and its labels."""
    try:
        read = signing.loads(mark, salt=SALT)
    except signing.BadSignature:
        return None, {}
    return tuple(read) if isinstance(read, list) else (read, {})  # drawn before marks had labels


def _texts(data: QueryDict, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    typed = ((name, value.strip()) for name, values in data.lists() for value in values)
    return [(labels.get(name, ""), value) for name, value in typed if value not in ("", "on") and not _is_hidden(name)]


def _is_hidden(name: str) -> bool:
    return name in HIDDEN or name.startswith(("seen", "choose_")) or name.endswith("_FORMS")


def _keep(request: HttpRequest) -> None:
    if (kept := _sent(request)) is not None:
        request.session[KEY] = kept


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    """What a form sends, and for whom it was drawn; none where that is not known, or it is too long to be kept."""
    who, labels = _read(request.POST.get(FIELD, ""))
    if who is None:
        return None
    data = {name: values for name, values in request.POST.lists() if name not in NEVER}
    if sum(len(value) for values in data.values() for value in values) > MOST_CHARACTERS:
        return None
    return {"path": request.path, "who": who, "data": data, "labels": labels}
