"""Addresses of lists: the one way a figure finds the list behind it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from projects.standing import Standpoint


def month_of(point: Standpoint) -> str:
    """The month looked at as it stands in an address, 2023-08; empty for now."""
    return f"{point.period.month:%Y-%m}" if point.period else ""


def month_asked(parameters: Mapping[str, Any]) -> date | None:
    """The month an address asks for; nothing where it names none."""
    try:
        return date.fromisoformat(f"{parameters.get('month', '')}-01")
    except ValueError:
        return None


def list_url(point: Standpoint, **asked: Any) -> str:
    """The list of sub-items seen from ``point``, narrowed by ``asked`` (the names of ``SubItemFilter``)."""
    return _url("dashboard:list", point, asked)


def overview_url(point: Standpoint, **asked: Any) -> str:
    """The overview of the programme seen from ``point``."""
    return _url("dashboard:overview", point, asked)


def _url(name: str, point: Standpoint, asked: dict[str, Any]) -> str:
    parameters = {"month": month_of(point), **asked}
    query = urlencode({key: value for key, value in parameters.items() if value not in (None, "")})
    url = reverse(name, args=[point.programme.pk])
    return f"{url}?{query}" if query else url
