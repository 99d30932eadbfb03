"""Django's admin behind the portal's own door."""

from collections.abc import Iterable
from functools import update_wrapper
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from departments.models import Department, DepartmentAlias, DepartmentGroup, Jurisdiction
from funding.models import FundingSource

REFERENCE: Final = (Jurisdiction, Department, DepartmentAlias, DepartmentGroup, FundingSource)


class OperatorSite(admin.AdminSite):
    """Reference data for staff accounts; for everybody else these addresses do not exist.

    Signing in and out and passwords are the portal's. What other packages would register stays out.
    """

    site_header = _("Platform operation")
    site_title = _("Platform operation")
    index_title = _("Reference data")
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        asked: Iterable[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        super().register([model for model in asked if model in REFERENCE], admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 Django's signature
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")
