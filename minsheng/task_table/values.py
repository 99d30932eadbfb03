"""Values of cells as a person would write them."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any


def shown(value: Any, number_format: str = "yyyy-m-d") -> str:
    """A value as it stands in the cell: 0.54 as 54% in a column of percentages, a date by its parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        day = "d" in re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format.lower())
        return f"{value.year}年{value.month}月" + (f"{value.day}日" if day else "")
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format)
    return str(value)


def _number(value: int | float | Decimal, number_format: str) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(value)
    percent = "%" in number_format
    number = number * 100 if percent else number
    whole = number == number.to_integral_value()
    return (str(int(number)) if whole else format(number.normalize(), "f")) + ("%" if percent else "")
