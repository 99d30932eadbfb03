"""The portal's addresses, and some that fail."""

from allauth.core.ratelimit import respond_429
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_protect

from minsheng.urls import handler400, handler500
from minsheng.urls import urlpatterns as portal

__all__ = ["handler400", "handler500"]


def failing(error):
    def view(request):
        raise error

    return view


@csrf_protect
def form(request):
    fields = '<textarea name="text" aria-label="t"></textarea><button>x</button>'
    html = f'<html lang="en"><title>form</title><form method="post" action="/fail/csrf/">{fields}</form></html>'
    return HttpResponse(f"<!DOCTYPE html>{html}")


urlpatterns = [
    *portal,
    path("fail/400/", failing(SuspiciousOperation("?"))),
    path("fail/403/", failing(PermissionDenied)),
    path("fail/429/", respond_429),
    path("fail/500/", failing(RuntimeError("on purpose"))),
    path("fail/csrf/", form),
]
