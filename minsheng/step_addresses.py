"""Addresses that take only one of looking and sending: whoever looks at a step (POST) is led to the page it belongs
to, and whoever sends something to a page that takes nothing is told so. Neither ends on the browser's bare “405”.

A refused step draws its page at the step's own address: reloaded, bookmarked, sent to a colleague, or as the base of
a link like “?page=2”, that address must lead on.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StepAddressMiddleware:
    """``/tables/2/commit/?page=2`` → ``/tables/2/?page=2``: the nearest page above, which asks for its own right."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or "HX-Request" in request.headers:
            return response
        if request.method not in ("GET", "HEAD"):
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
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
