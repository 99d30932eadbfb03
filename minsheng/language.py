"""The language of the pages: Chinese, until a person chooses another one; the choice is kept in a cookie.

What a browser accepts decides nothing: browsers of Chinese offices are often set to English.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views import i18n
from django.views.decorators.http import require_POST

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Language:
    """``name`` is what the language calls itself."""

    code: str
    name: str


def chosen(request: HttpRequest) -> str:
    """The language of the cookie, where it is one of the portal's, else that of the office."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def other() -> Language:
    """The language the page is not in."""
    present = translation.get_language()
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != present)
    with translation.override(code):
        return Language(code, gettext(str(name)))


class LanguageMiddleware:
    """Answers in the language of the cookie, and says in which."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        code = chosen(request)
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ["Cookie"])
        return response


@login_not_required  # whoever is to sign in must be able to read the page
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice, and go back to where the person was; never to another site."""
    if request.POST.get("language") not in dict(settings.LANGUAGES):
        raise BadRequest("There is no such language.")
    return i18n.set_language(request)
