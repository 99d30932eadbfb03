"""Words of the office, which are kept, apart from words of a reader, which are shown."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext


def of_the_office() -> AbstractContextManager[None]:
    """The language of everything that is composed to be kept, whoever acts and whatever he reads in."""
    return translation.override(settings.LANGUAGE_CODE)


def listed(parts: Iterable[object]) -> str:
    """The parts in one line, with the comma of the language: 发改局、财政局."""
    return pgettext("between the parts of a list", ", ").join(str(part) for part in parts)


def inside_quotes(text: str) -> str:
    """``text`` as it stands between quotation marks: its own ones are single.

    >>> inside_quotes("建设“智慧居家养老”平台")
    '建设‘智慧居家养老’平台'
    """
    return text.replace("“", "‘").replace("”", "’")


def year_month(month: date) -> str:
    """A month with its year, as sentences and tables say it: 2023年9月, September 2023."""
    return date_format(month, "YEAR_MONTH_FORMAT")
