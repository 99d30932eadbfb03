"""The jobs of the portal as one person sees them: his navigation, and the page he lands on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models import User
from departments.permissions import (
    ADMINISTER,
    AUDIT,
    FILE_REPORT,
    IMPORT_TABLE,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    rights_held,
)
from minsheng import waiting


@dataclass(frozen=True)
class NavItem:
    """One entry, for whoever holds any of ``rights`` anywhere; ``badge`` is a number of things to do, 0 for none."""

    url_name: str
    label: str | Promise
    rights: frozenset[str]
    icon: str = ""
    url: str = ""
    active: bool = False
    badge: int = 0


# In the order of the navigation; a number is asked for only where its entry is shown. A person lands on the first of
# LANDING that is his.
ITEMS = (
    NavItem("dashboard:overview", _("Overview"), frozenset({OVERSEE, SUPERVISE}), "bar-chart"),
    NavItem("filing:due", _("Progress reports"), frozenset({FILE_REPORT}), "pencil-square"),
    NavItem("review:queue", _("Review"), frozenset({REVIEW_REPORT, SUPERVISE}), "check2-square"),
    NavItem(
        "dashboard:sub_items", _("Sub-items"), frozenset({FILE_REPORT, REVIEW_REPORT, OVERSEE, SUPERVISE}), "list-ul"
    ),
    NavItem("periods:newest", _("Reporting periods"), frozenset({SUPERVISE}), "calendar3"),
    NavItem("task_table:batches", _("Task table import"), frozenset({IMPORT_TABLE}), "upload"),
    NavItem("office:units", _("People and units"), frozenset({ADMINISTER}), "people"),
    NavItem("office:audit", _("Audit trail"), frozenset({AUDIT}), "shield-check"),
)
WAITING: dict[str, Callable[[User], int]] = {
    "filing:due": waiting.to_file,
    "review:queue": waiting.to_review,
}
LANDING = ("filing:due", "review:queue", "dashboard:overview", "task_table:batches", "office:units", "office:audit")


def navigation_for(request: HttpRequest) -> list[NavItem]:
    """The jobs this person has, the present one marked: the entry whose address the present one begins with."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    held = rights_held(user)
    found = [
        replace(item, url=reverse(item.url_name), badge=count(user) if (count := WAITING.get(item.url_name)) else 0)
        for item in ITEMS
        if held & item.rights
    ]
    here = max((item.url for item in found if request.path.startswith(item.url)), key=len, default=None)
    return [replace(item, active=item.url == here) for item in found]


def landing_for(held: frozenset[str]) -> str | None:
    """The name of the page a person with these rights begins at; ``None`` where he has no job yet."""
    rights = {item.url_name: item.rights for item in ITEMS}
    return next((name for name in LANDING if held & rights[name]), None)
