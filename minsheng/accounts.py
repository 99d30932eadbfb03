"""Sign-in through allauth, with sign-up closed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator: nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """The administrator chose the name; allauth does not invent another."""
