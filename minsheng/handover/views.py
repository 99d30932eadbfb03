"""The supervision office's pages for handing over: one sub-item, or what a unit holds to its successor."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from departments.errors import Conflict, DomainError
from departments.models import Department
from departments.permissions import FILE_REPORT, holders, require
from minsheng import sign_in
from minsheng.dashboard import words
from minsheng.handover import services
from minsheng.handover.forms import RowsOfShares, SuccessionForm, SuccessionReasonForm, WhyForm, rows_of
from minsheng.handover.preview import Preview, holders_of, months_of, previews, succession, units_of
from minsheng.handover.services import present_of, succeeded
from minsheng.http import Request
from minsheng.periods.views import programme_of, tabs_of
from projects.models import Programme, SubItem
from projects.services import shifts

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
def sub_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Who files, leads and assists one sub-item from a month on: first shown, then written."""
    request = cast(Request, request)
    visible = SubItem.objects.visible_to(request.user).select_related("programme__jurisdiction", "project")
    found = get_object_or_404(visible, pk=pk)
    require(services.may_hand_over(request.user, found.programme))
    present = present_of([found])[found.pk]
    units = units_of(found.programme)
    bound = shifts.bounds([found]).get(found.pk)
    months = [month for month in months_of(found.programme) if bound is None or month >= bound.month]
    page = {"sub_item": found, "bound": bound, "months": months, "units": units}
    typed = sign_in.typed(request)
    if typed is None:
        first = shifts.proposed(bound.month if bound else None)
        why = WhyForm(months=months, initial={"seen": shifts.token(present), "month": f"{first:%Y-%m}"})
        return _sub_item_page(request, page, rows_of(present, units), why)
    rows, why = rows_of(present, units, typed), WhyForm(typed, months=months)
    if request.method != "POST":
        return _sub_item_page(request, page, rows, why)
    if not (rows.is_valid() and why.is_valid()):
        return _sub_item_page(request, page, rows, why, status=422)
    shares = services.in_order(rows.shares({unit.pk: unit for unit in units}))
    data = why.cleaned_data
    if request.POST.get("step") != "save":
        shown = previews(found.programme, [found], {found.pk: shares}, data["month"])
        return _sub_item_page(request, page, rows, why, preview=shown[0])
    try:
        services.hand_over(
            found.programme,
            {found.pk: shares},
            since=data["month"],
            by=request.user,
            reason=data["reason"],
            document=data["document"],
            seen={found.pk: data["seen"]},
        )
    except DomainError as error:
        why.add_error(None, str(error))
        shown = previews(found.programme, [found], {found.pk: shares}, data["month"])
        return _sub_item_page(request, page, rows, why, preview=shown[0], status=_status(error))
    messages.success(request, _("“%(item)s” handed over from %(month)s.") % _named(found, data["month"]))
    return redirect("dashboard:sub_item", found.pk)


def _sub_item_page(
    request: Request,
    page: dict[str, Any],
    rows: RowsOfShares,
    why: WhyForm,
    *,
    preview: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    filing = preview.filing if preview else None
    context = {
        **page,
        "rows": rows,
        "form": why,
        "preview": preview,
        "taking": filing,
        "unstaffed": filing is not None and not holders(FILE_REPORT, filing).exists(),
    }
    return render(request, "handover/sub_item.html", context, status=status)


@require_http_methods(READ_OR_WRITE)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """What a unit holds goes to another one: ``?old=&new=&month=`` shows what would, the button hands the chosen over.

    ``item`` names each with the token of what was looked at.
    """
    request = cast(Request, request)
    found = programme_of(request, pk)
    asked = _succession_form(request, found)
    if not (asked.is_bound and asked.is_valid()):
        return _programme_page(request, found, asked, status=422 if request.method == "POST" else 200)
    units = {str(unit.pk): unit for unit in (*units_of(found), *holders_of(found))}
    old, new, month = units[asked.cleaned_data["old"]], units[asked.cleaned_data["new"]], asked.cleaned_data["month"]
    shown = succession(found, old, new, month)
    typed = sign_in.typed(request)
    reason = SuccessionReasonForm(typed)
    seen = _seen(typed.getlist("item")) if typed is not None else None
    if request.method != "POST" or seen is None:
        return _programme_page(request, found, asked, shown=shown, reason=reason, chosen=seen, taking=new)
    if not seen:
        reason.add_error(None, _("Choose the sub-items to hand over."))
    if not reason.is_valid():
        return _programme_page(request, found, asked, shown=shown, reason=reason, chosen=seen, taking=new, status=422)
    try:
        done = services.hand_over(
            found, _wanted(found, seen, old, new), since=month, by=request.user, seen=seen, **reason.cleaned_data
        )
    except DomainError as error:
        reason.add_error(None, str(error))
        status = _status(error)
        return _programme_page(
            request, found, asked, shown=shown, reason=reason, chosen=seen, taking=new, status=status
        )
    told = ngettext(
        "%(count)d sub-item handed over to %(unit)s.", "%(count)d sub-items handed over to %(unit)s.", len(done)
    )
    messages.success(request, told % {"count": len(done), "unit": new.full_name})
    return redirect(f"{reverse('handover:programme', args=[pk])}?old={old.pk}&new={new.pk}&month={month:%Y-%m}")


def _succession_form(request: Request, found: Programme) -> SuccessionForm:
    """What the address asks for; unbound where it asks for nothing. A unit that ends is proposed, with
    the successor that the register names.
    """
    months = months_of(found)
    holders = holders_of(found)
    data = request.POST if request.method == "POST" else request.GET
    ending = next(
        (
            unit
            for unit in sorted(holders, key=lambda unit: not unit.successor_id)
            if unit.active_until or unit.successor_id
        ),
        None,
    )
    first = min(max(shifts.proposed(None), months[0]), months[-1])
    initial = {"month": f"{first:%Y-%m}"}
    if ending:
        initial |= {"old": str(ending.pk), "new": str(ending.successor_id or "")}
    asks = any(data.get(name) for name in ("old", "new", "month")) or request.method == "POST"
    return SuccessionForm(
        data if asks else None, initial=initial, holders=holders, units=units_of(found), months=months
    )


def _wanted(
    found: Programme, seen: dict[int, str], old: Department, new: Department
) -> dict[int, list[services.Share]]:
    chosen = list(SubItem.objects.filter(programme=found, pk__in=seen))
    present = present_of(chosen)
    return {one.pk: succeeded(present[one.pk], old, new) for one in chosen}


def _programme_page(
    request: Request,
    found: Programme,
    asked: SuccessionForm,
    *,
    shown: list[Preview] | None = None,
    reason: SuccessionReasonForm | None = None,
    chosen: dict[int, str] | None = None,
    taking: Department | None = None,
    status: int = 200,
) -> HttpResponse:
    """``taking`` is who would take over: somebody must file for it."""
    context = {
        "programme": found,
        "form": asked,
        "shown": shown,
        "possible": sum(not one.refusal for one in shown or ()),
        "reason": reason or SuccessionReasonForm(),
        "chosen": chosen,
        "unstaffed": taking is not None and not holders(FILE_REPORT, taking).exists(),
        "taking": taking,
        "tabs": tabs_of(found, "hand_over"),
    }
    return render(request, "handover/programme.html", context, status=status)


def _seen(pairs: list[str]) -> dict[int, str]:
    """``12:ab34`` is sub-item 12 as its token says; what is not of that form is none."""
    found = {}
    for pair in pairs:
        key, _colon, token = pair.partition(":")
        if key.isdecimal() and token and len(pair) < 40:
            found[int(key)] = token
    return found


def _named(item: SubItem, month: date) -> dict[str, str]:
    return {"item": str(item), "month": words.year_month(month)}


def _status(error: DomainError) -> int:
    return 409 if isinstance(error, Conflict) else 422
