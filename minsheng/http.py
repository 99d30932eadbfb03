"""The request as views know it: its person has signed in (the middleware sees to it)."""

from django.http import HttpRequest

from departments.models import User


class Request(HttpRequest):
    user: User
