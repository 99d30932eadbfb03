"""The supervision office of a jurisdiction: what it is called, and whom units call."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.errors import DomainError
from departments.services import jurisdictions
from departments.services.changes import Overtaken
from minsheng import sign_in
from minsheng.office import history
from minsheng.office.access import office_of
from minsheng.office.forms import OfficeForm


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Units read it where a month has locked; it stands in the text that reminds them."""
    mine = office_of(request)
    initial = {"office_name": mine.area.office_name, "office_contact": mine.area.office_contact}
    form = OfficeForm(sign_in.typed(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                jurisdictions.name_office(mine.area, by=mine.user, **form.cleaned_data)
            except Overtaken as error:
                form.say(error)
                status = 409
            except DomainError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, _("Saved."))
                return redirect(f"{reverse('office:office')}?area={mine.area.pk}")
    made = history.of(mine.area, actions=["jurisdiction.office"])
    context = {"office": mine, "tab": "office", "form": form, "history": made}
    return render(request, "office/office.html", context, status=status)
