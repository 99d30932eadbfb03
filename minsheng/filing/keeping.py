"""A form that saves itself while it is typed in: what was kept of it, and what was not, is said beside its buttons."""

import json
from collections.abc import Sequence
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from departments import clock
from departments.errors import DomainError
from minsheng.filing import drafts, services
from minsheng.filing.access import sheet_or_404
from minsheng.filing.content import Content
from minsheng.filing.contribute import Kept
from minsheng.filing.drafts import Clash, FieldsConflict, Saved
from minsheng.filing.forms import ReportForm
from minsheng.filing.merge import base_of, opened_after
from minsheng.filing.opened_form import OpenedForm
from minsheng.filing.views import displaced_words, whose
from minsheng.http import Request

NOTE: Final = "filing/partials/autosaved.html"


@require_POST
def autosave(request: HttpRequest, sub_item: int, month: str) -> HttpResponse:
    """Keep what has been typed so far in a report, and say so beside the buttons. What cannot be read keeps all of it
    back; a field that somebody else changed as well stays as it stands until a person has chosen, all else is kept.
    """
    request = cast(Request, request)
    sheet = sheet_or_404(request.user, sub_item, month)
    form = ReportForm(request.POST, sheet=sheet)
    note: dict[str, Any] = {"sheet": sheet, "form": form, "autosave_url": request.path}
    if not services.rights_of(request.user, sheet.sub_item, sheet.period).draft:
        return render(request, NOTE, {**note, "refusal": whose(sheet)}, status=403)
    if not form.is_valid():
        return render(request, NOTE, {**note, "wrong": wrong_of(form)})
    if form.displaced():
        return render(request, NOTE, {**note, "refusal": displaced_words(form)})
    opened, typed = form.opened(), form.content()
    if opened.base == base_of(typed):
        return HttpResponse(status=204)
    version = form.cleaned_data["version"]
    try:
        saved = drafts.save_draft(sheet, typed, by=request.user, seen_version=version, opened=opened, partly=True)
    except DomainError as error:
        return render(request, NOTE, note | refused(form, error))
    note |= {"saved": saved, **kept(form, typed, saved, version=saved.report.version)}
    return render(request, NOTE, note)


def wrong_of(form: OpenedForm) -> list[str]:
    """What stands beside the boxes that cannot be read."""
    return [str(field.label) for name, field in form.fields.items() if name in form.errors and field.label]


def kept(form: OpenedForm, typed: Content, saved: Saved | Kept, *, version: int) -> dict[str, Any]:
    """What is said once ``typed`` has been kept, and what the form goes on with."""
    names = {one.field for one in saved.clashes}
    return {
        "version": version,
        "at": clock.now(),
        "base": json.dumps(opened_after(form.opened(), typed, saved.content, clashes=names)),
        "changed": form.changed_elsewhere(saved.theirs, saved.own),
        **_clashed(form, saved.clashes),
    }


def refused(form: OpenedForm, error: DomainError) -> dict[str, Any]:
    """What is said where nothing has been kept."""
    return _clashed(form, error.clashes) if isinstance(error, FieldsConflict) else {"refusal": str(error)}


def _clashed(form: OpenedForm, clashes: Sequence[Clash]) -> dict[str, Any]:
    """Which fields wait for a choice; ``choice`` is where the page offers it already."""
    offered = (one.field for one in clashes if f"seen_{one.field}" in form.data)
    return {"clashed": form.told(clashes), "choice": next(offered, "")}
