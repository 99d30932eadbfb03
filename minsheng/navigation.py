"""The jobs of the portal as one person sees them: his navigation, with the number of what waits for him."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
from minsheng.todo import services as todo


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


TODO = "home"
# In the order of the navigation.
ITEMS = (
    NavItem(
        TODO,
        _("To-do"),
        frozenset({FILE_REPORT, REVIEW_REPORT, IMPORT_TABLE, SUPERVISE, ADMINISTER, OVERSEE, AUDIT}),
        "card-checklist",
    ),
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


def navigation_for(request: HttpRequest) -> list[NavItem]:
    """The jobs this person has, the present one marked: the entry whose address the present one begins with.

    The to-do carries the number of its entries; leadership, which begins with the overview, sees it when there are any.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    held = rights_held(user)
    found = [replace(item, url=reverse(item.url_name)) for item in ITEMS if held & item.rights]
    waiting = todo.number(user, held)
    if OVERSEE in held and not waiting and not todo.WORK & held:
        found = [item for item in found if item.url_name != TODO]
    here = max((item.url for item in found if _is_at(item, request.path)), key=len, default=None)
    return [replace(item, active=item.url == here, badge=waiting if item.url_name == TODO else 0) for item in found]


def _is_at(item: NavItem, path: str) -> bool:
    """Whether the page at ``path`` belongs to ``item``; every address begins with the home page's."""
    return path == item.url if item.url_name == TODO else path.startswith(item.url)
