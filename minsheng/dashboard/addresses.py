"""Addresses of the overview and of lists as seen from a standpoint: how a figure finds the list behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from minsheng.dashboard.listing import list_url
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


def list_from(point: Standpoint, **filters: Any) -> str:
    """The list of the programme seen from ``point``, narrowed by ``filters`` (those of ``SubItemFilter``)."""
    return list_url(point.programme, point.period.month if point.period else None, **filters)


def overview_from(point: Standpoint, page: str = "overview", **asked: Any) -> str:
    """The overview of the programme seen from ``point``, or its file (``page="overview_export"``)."""
    if point.period:
        asked = {"month": month_of(point), **asked}
    url = reverse(f"dashboard:{page}", args=[point.programme.pk])
    return f"{url}?{urlencode(asked)}" if asked else url
