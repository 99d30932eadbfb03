"""The request as views know it: its person has signed in, and htmx has left its mark (the middleware sees to both)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from departments.models import User


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails
