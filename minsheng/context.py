"""What every page needs besides its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from minsheng import language
from minsheng.navigation import navigation_for


def portal(request: HttpRequest) -> dict[str, Any]:
    """The portal's name, office and contact, the frozen clock, the other language, and the navigation.

    The navigation is worked out only if it is shown.
    """
    return {
        "portal_name": settings.PORTAL_NAME or _("Livelihood Projects Portal"),
        "portal_office": settings.PORTAL_OFFICE,
        "portal_contact": settings.PORTAL_CONTACT,
        "frozen_now": settings.PORTAL_NOW,
        "other_language": language.other(),
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
    }
