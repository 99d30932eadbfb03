"""Form fields for figures as staff type them: full-width digits, thousands separators, a unit behind the number."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments.errors import DomainError
from funding import money

_NUMBER = re.compile(rf"-?{money.NUMBER}", re.ASCII)


class DayInput(forms.DateInput):
    """A day as the browser asks it; where it cannot, as 2023-10-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FigureField(forms.CharField):
    """A number that is not negative, with at most ``places`` decimals and ``digits`` before the point.

    ``1，234`` and ``４５`` are read; anything that is not certainly a number (``6,5``) is refused, never guessed.
    """

    def __init__(self, *, digits: int = 14, places: int = 4, maximum: Decimal | None = None, **kwargs: Any) -> None:
        self.digits, self.places, self.maximum = digits, places, maximum
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        text = money.narrow(super().clean(value) or "")
        text = text.removesuffix("%").rstrip() if self.maximum == 100 else text
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("Write a number, such as 45 or 45.5."))
        number = Decimal(text.replace(",", ""))
        if number < 0:
            raise ValidationError(_("The number cannot be negative."))
        if self.maximum is not None and number > self.maximum:
            raise ValidationError(_("The number cannot be above %(maximum)s."), params={"maximum": self.maximum})
        if number >= Decimal(10) ** self.digits:
            raise ValidationError(_("The number is too large."))
        if number != round(number, self.places):
            message = ngettext(
                "At most %(places)d decimal place is kept here.",
                "At most %(places)d decimal places are kept here.",
                self.places,
            )
            raise ValidationError(message, params={"places": self.places})
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class WanField(forms.CharField):
    """An amount typed in 万元, kept in yuan to the cent; empty is 未定."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return money.parse_wan(super().clean(value) or "")
        except DomainError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        return money.plain_wan(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}
