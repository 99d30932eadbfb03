"""What stands in the horizontal navigation, for one person."""

from dataclasses import dataclass, replace

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NavItem:
    """One entry: ``badge`` is a number of things to do, shown when it is not 0."""

    url_name: str
    label: str | Promise
    url: str = ""
    active: bool = False
    badge: int = 0


ITEMS = (
    NavItem("dashboard:overview", _("Overview")),
    NavItem("dashboard:list", _("Sub-items")),
    NavItem("filing:due", _("Progress reports")),
    NavItem("review:queue", _("Review")),
    NavItem("task_table:batches", _("Task table import")),
)


def may_see(user: AbstractBaseUser | AnonymousUser, item: NavItem) -> bool:
    """Whether this person has anything to do there; the page itself asks again."""
    return True


def navigation_for(request: HttpRequest) -> list[NavItem]:
    """The pages this person may open, the present one marked: the entry whose address the present one begins with."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    found: list[NavItem] = []
    for item in ITEMS:
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        if may_see(user, item):
            found.append(replace(item, url=url))
    here = max((item.url for item in found if _leads_to(item.url, request.path)), key=len, default=None)
    return [replace(item, active=item.url == here) for item in found]


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
