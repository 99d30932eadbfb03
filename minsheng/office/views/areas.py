"""What a jurisdiction's supervision office is called, and whom units ask there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.errors import DomainError
from departments.services import jurisdictions
from minsheng.office import history
from minsheng.office.access import office_of
from minsheng.office.forms import AreaForm


@require_http_methods(["GET", "HEAD", "POST"])
def area(request: HttpRequest) -> HttpResponse:
    """Its name and contact."""
    office = office_of(request)
    found = office.area
    initial = {"office_name": found.office_name, "office_contact": found.office_contact}
    form = AreaForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            jurisdictions.change(found, by=office.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('office:area')}?area={found.pk}")
    elif form.is_bound:
        status = 422
    context = {"office": office, "tab": "area", "form": form, "history": history.of(found)}
    return render(request, "office/area.html", context, status=status)
