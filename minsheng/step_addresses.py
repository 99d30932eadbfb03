"""Addresses that only take a step (POST) lead whoever looks at them to the page they belong to.

A refused step draws its page at the step's own address: reloaded, bookmarked, sent to a colleague, or as the base of
a link like “?page=2”, that address must not end on the browser's bare “405”.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StepAddressMiddleware:
    """``/tables/2/commit/?page=2`` → ``/tables/2/?page=2``: the nearest page above, which asks for its own right."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or request.method not in ("GET", "HEAD") or "HX-Request" in request.headers:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(page_above(request.path_info) + (f"?{query}" if query else ""))


def page_above(path: str) -> str:
    """The longest address above ``path`` that there is.

    >>> page_above("/tables/2/commit/")
    '/tables/2/'
    """
    parts = path.strip("/").split("/")[:-1]
    while parts:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            parts.pop()
        else:
            return above
    return "/"
