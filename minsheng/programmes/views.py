"""The page on which the supervision office sets a programme: first what its lights would become, then saved."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.errors import Conflict, DomainError
from minsheng import sign_in
from minsheng.http import Request
from minsheng.office import history
from minsheng.periods.views import programme_of, tabs_of
from minsheng.programmes import services
from minsheng.programmes.forms import SettingsForm, settings_form
from projects.models import Programme
from projects.services import programmes


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Lights are progress data, so their rule is the supervision office's, like periods, not the administrator's."""
    request = cast(Request, request)
    programme = programme_of(request, pk)
    form = settings_form(programmes.settings_of(programme), sign_in.typed(request))
    if request.method != "POST":
        return _page(request, programme, form)
    if not form.is_valid():
        return _page(request, programme, form, status=422)
    preview, data = None, form.cleaned_data
    try:
        preview = services.preview(programme, form.settings())
        if request.POST.get("step") != "save":
            return _page(request, programme, form, preview=preview)
        changed = services.change(programme, form.settings(), seen=data["seen"], by=request.user, reason=data["reason"])
    except DomainError as error:
        form.add_error(None, str(error))
        programme = programme_of(request, pk)
        if not isinstance(error, Conflict):
            return _page(request, programme, form, preview=preview, status=422)
        # What stands now is on the page, so it is what a second attempt has seen.
        form.see(programmes.settings_of(programme))
        return _page(request, programme, form, preview=preview, status=409)
    messages.success(request, _("Saved; the lights were given anew.") if changed else _("Nothing was changed."))
    return redirect("programmes:settings", pk)


def _page(
    request: Request,
    programme: Programme,
    form: SettingsForm,
    *,
    preview: services.Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "programme": programme,
        "form": form,
        "preview": preview,
        "lights": [] if preview else services.lights_of(programme),
        "tabs": tabs_of(programme, "programme"),
        "history": history.of(programme, 10, actions=["programme.settings"]),
    }
    return render(request, "programmes/settings.html", context, status=status)
