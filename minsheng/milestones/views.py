"""The supervision office's page for the milestones of a sub-item."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.errors import Conflict, DomainError
from departments.permissions import require
from minsheng import sign_in
from minsheng.http import Request
from minsheng.milestones import services
from minsheng.milestones.forms import ReasonForm, rows_of
from projects.models import SubItem
from projects.services.milestones import token


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All milestones of one sub-item at once: added, changed, removed, marked as reached."""
    request = cast(Request, request)
    sub_items = SubItem.objects.visible_to(request.user).select_related("programme__jurisdiction", "project")
    sub_item = get_object_or_404(sub_items, pk=pk)
    require(services.may_change(request.user, sub_item))
    present = list(sub_item.milestones.all())
    typed = sign_in.typed(request)
    rows, reason = rows_of(present, typed), ReasonForm(typed, initial={"seen": token(present)})
    if request.method != "POST":
        return _page(request, sub_item, rows, reason)
    if not (rows.is_valid() and reason.is_valid()):
        return _page(request, sub_item, rows, reason, status=422)
    try:
        revision = services.write(sub_item, rows.wanted(), by=request.user, **reason.cleaned_data)
    except DomainError as error:
        reason.add_error(None, str(error))
        return _page(request, sub_item, rows, reason, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("Milestones saved.") if revision else _("Nothing was changed."))
    return redirect(reverse("dashboard:sub_item", args=[sub_item.pk]) + "#milestones")


def _page(request: Request, sub_item: SubItem, rows: object, reason: ReasonForm, *, status: int = 200) -> HttpResponse:
    context = {"sub_item": sub_item, "rows": rows, "reason": reason}
    return render(request, "milestones/edit.html", context, status=status)
