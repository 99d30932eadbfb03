"""Sign-in through allauth, with sign-up closed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import ngettext


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator: nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """The administrator chose the name; allauth does not invent another."""


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """The framework's rule, with messages of ours: those of Django 5.2.19 have no Chinese any more."""

    def get_error_message(self) -> str:
        return ngettext(
            "This password is too short: it takes at least %(count)d character.",
            "This password is too short: it takes at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}

    def get_help_text(self) -> str:
        return ngettext(
            "The password takes at least %(count)d character.",
            "The password takes at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}
