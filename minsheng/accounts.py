"""Sign-in through allauth, with sign-up closed."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from departments.models import User
from departments.services import people


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator: nobody signs up by himself."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        # As long as ACCOUNT_RATE_LIMITS says.
        "too_many_login_attempts": gettext_lazy(
            "Too many failed attempts. Wait five minutes and try again; "
            "if you have forgotten the password, your administrator can give you a new one."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """The administrator chose the name; allauth does not invent another."""

    def clean_password(self, password: str, user: Any = None) -> str:
        """The framework's rules; and whoever must choose his own does not keep the one others know."""
        if isinstance(user, User) and user.must_change_password and user.check_password(password):
            raise ValidationError(_("Choose another password than the initial one, which others know."))
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: Any, password: str) -> None:
        people.choose_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")


class OwnPasswordMiddleware:
    """Whoever signed in with an initial password chooses his own before anything else; nothing he sends is acted on."""

    OPEN = ("account_change_password", "account_logout", "account_login")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not getattr(request.user, "must_change_password", False):
            return None
        if request.resolver_match and request.resolver_match.view_name in self.OPEN:
            return None
        return redirect("account_change_password")


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
