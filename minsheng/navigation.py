"""What stands in the horizontal navigation, for one person."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Person = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class NavItem:
    """One entry: ``badge`` is a number of things to do, shown when it is not 0."""

    url_name: str
    label: str | Promise
    url: str = ""
    active: bool = False
    badge: int = 0


def _everyone(_user: Person) -> bool:
    return True


# An entry and who sees it. This only spares people pages of others; every page asks for the right itself.
ENTRIES: tuple[tuple[NavItem, Callable[[Person], bool]], ...] = (
    (NavItem("dashboard:overview", _("Overview")), _everyone),
    (NavItem("dashboard:list", _("Sub-items")), _everyone),
    (NavItem("filing:due", _("Progress reports")), _everyone),
    (NavItem("review:queue", _("Review")), _everyone),
    (NavItem("task_table:batches", _("Task table import")), _everyone),
)


def navigation_for(request: HttpRequest) -> list[NavItem]:
    """The pages this person may open, the present one marked: the entry whose address the present one begins with."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    found: list[NavItem] = []
    for item, sees in ENTRIES:
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        if sees(user):
            found.append(replace(item, url=url))
    here = max((item.url for item in found if _leads_to(item.url, request.path)), key=len, default=None)
    return [replace(item, active=item.url == here) for item in found]


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
