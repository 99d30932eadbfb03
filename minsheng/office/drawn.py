"""A form remembers what it was drawn from: what a colleague saved meanwhile is neither lost nor overwritten unseen."""

import json
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from departments import language
from departments.services.changes import Overtaken, as_drawn, shown
from minsheng import sign_in


class DrawnForm(forms.Form):
    """Sends ``drawn``, the values it was first shown with, back to the service that merges with it (``changes.typed``).

    It is to be drawn in the template; without it all that comes back counts as typed.
    """

    drawn = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial:
            self.initial = {**self.initial, "drawn": {name: as_drawn(value) for name, value in self.initial.items()}}

    def clean_drawn(self) -> dict[str, str] | None:
        drawn = self.cleaned_data["drawn"]
        return {str(name): str(value) for name, value in drawn.items()} if isinstance(drawn, dict) else None

    def say(self, error: Overtaken) -> None:
        """Show what stands beside what was typed. Who saves again has seen it."""
        data = cast(QueryDict, self.data).copy()
        known = {name: as_drawn(value) for name, value in error.fields.items()}
        data["drawn"] = json.dumps((self.cleaned_data["drawn"] or {}) | known)
        self.data = data
        for name, value in error.fields.items():
            now = {"now": _words(value)}
            self.add_error(name, _("Somebody else has saved “%(now)s” here meanwhile. Save again to replace it.") % now)


def typed_on(request: HttpRequest, pk: int) -> Callable[[str], QueryDict | None]:
    """For a page with several forms, by the name of the address each is sent to: what was typed into it before the
    person had to sign in again.
    """
    return lambda name: sign_in.typed(request, reverse(f"office:{name}", args=[pk]))


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return language.listed(value) or _("none")
    return shown(value) or _("empty")
