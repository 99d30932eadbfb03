"""Addresses of overview, lists and sub-items as seen from a standpoint: how a figure finds the list behind it,
and how a past month stays in view from page to page.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from projects.models import Programme
from projects.standing import Standpoint


@dataclass(frozen=True)
class Option:
    """One of several views of the page, as ``components/switch.html`` draws it."""

    label: str
    url: str
    current: bool


def month_of(point: Standpoint) -> str:
    """The month looked at as it stands in an address, 2023-08; empty for now."""
    return f"{point.period.month:%Y-%m}" if point.period else ""


def list_url(programme: Programme, month: date | None = None, **filters: Any) -> str:
    """The address of the list of ``programme`` as it stands now or stood at the end of ``month``.

    ``filters`` are those of ``SubItemFilter``; empty ones are left out.
    """
    asked = {"month": f"{month:%Y-%m}"} if month else {}
    asked |= {name: value for name, value in filters.items() if value not in (None, "")}
    url = _list_of(programme.pk, get_script_prefix())
    return f"{url}?{urlencode(asked)}" if asked else url


@lru_cache(maxsize=64)
def _list_of(programme: int, prefix: str) -> str:  # noqa: ARG001 - the prefix is part of the key
    """Asked for each cell of a heatmap."""
    return reverse("dashboard:list", args=[programme])


def list_from(point: Standpoint, **filters: Any) -> str:
    """The list of the programme seen from ``point``, narrowed by ``filters`` (those of ``SubItemFilter``)."""
    return list_url(point.programme, point.period.month if point.period else None, **filters)


def overview_from(point: Standpoint, page: str = "overview", **asked: Any) -> str:
    """The overview of the programme seen from ``point``, or its file (``page="overview_export"``)."""
    if point.period:
        asked = {"month": month_of(point), **asked}
    url = reverse(f"dashboard:{page}", args=[point.programme.pk])
    return f"{url}?{urlencode(asked)}" if asked else url


def sub_item_from(point: Standpoint, sub_item: int) -> str:
    """The page of a sub-item of the programme, its summary seen from ``point``."""
    url = reverse("dashboard:sub_item", args=[sub_item])
    return f"{url}?{urlencode({'month': month_of(point)})}" if point.period else url
