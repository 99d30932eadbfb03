"""What a list can be narrowed by: it reads the address, so that every narrowed list has an address of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

import django_filters
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.language import listed

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponse]
Choices = Sequence[tuple[Any, str | Promise]]


@dataclass(frozen=True)
class Chip:
    """A condition in words; ``url`` is the list without it."""

    label: str
    word: str
    url: str


class Narrowing(django_filters.ChoiceFilter):
    """One select of the filter; ``narrow`` is called with the queryset and the value chosen."""

    def __init__(self, label: Any, narrow: str, choices: Choices = (), *, empty: Any = None) -> None:
        super().__init__(
            label=label,
            method=narrow,
            choices=choices,
            empty_label=empty or _("All"),
            error_messages={"invalid_choice": _("This choice does not exist here; everything is shown.")},
        )


class ListFilter(django_filters.FilterSet):
    """A bad value is said in place and narrows nothing."""

    @property
    def active(self) -> dict[str, str]:
        """What was asked and understood, as the address says it."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    def word_of(self, name: str) -> str:
        """What was chosen, in words."""
        asked = self.active[name]
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(asked, asked))

    def chips(self, params: QueryDict) -> list[Chip]:
        """What narrows the list, each with the address of the list without it."""
        return [
            Chip(str(self.form.fields[name].label), self.word_of(name), "?" + _without(params, name))
            for name in self.active
        ]

    @property
    def in_words(self) -> str:
        """All of it in one line, for paper and files."""
        return listed(
            gettext("%(label)s: %(word)s") % {"label": self.form.fields[name].label, "word": self.word_of(name)}
            for name in self.active
        )


def tidy_address(view: View[P]) -> View[P]:
    """A list whose address holds nothing empty: a form without script sends every box, and its list is to be passed on
    and kept by an address that says what was asked.
    """

    @wraps(view)
    def tidied(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = [(name, value) for name, values in request.GET.lists() for value in values]
        said = [(name, value) for name, value in asked if value]
        if said == asked or request.headers.get("HX-Request") == "true":
            return view(request, *args, **kwargs)
        return redirect(f"{request.path}?{urlencode(said)}" if said else request.path)

    return tidied


def _without(params: QueryDict, name: str) -> str:
    left = params.copy()
    for gone in (name, "page"):
        left.pop(gone, None)
    return left.urlencode()
