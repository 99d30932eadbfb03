"""An expired sign-in loses nothing: what is sent then waits in the person's session until he has signed in again.

Nothing is kept in the browser, since offices share computers: signing out ends it, and another person's sign-in does
not show it.
"""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase

KEY: Final = "typed_before_sign_in"
FIELD: Final = "typed_by"
SALT: Final = "minsheng.sign_in"
MOST_CHARACTERS: Final = 200_000


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


def typed_by(user: Any) -> str:
    """The mark of a form that was drawn for ``user``: only such forms are kept, and shown to nobody else."""
    return signing.dumps(user.pk, salt=SALT)


def take(request: HttpRequest) -> QueryDict | None:
    """What the person sent to this address before he had to sign in again, once."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    if kept["who"] != request.user.pk:
        return None
    typed = QueryDict(mutable=True)
    for name, values in kept["data"].items():
        typed.setlist(name, values)
    return typed


def _keep(request: HttpRequest) -> None:
    try:
        who = signing.loads(request.POST.get(FIELD, ""), salt=SALT)
    except signing.BadSignature:
        return
    data = {name: values for name, values in request.POST.lists() if name not in (FIELD, "csrfmiddlewaretoken")}
    if sum(len(value) for values in data.values() for value in values) <= MOST_CHARACTERS:
        request.session[KEY] = {"path": request.path, "who": who, "data": data}
