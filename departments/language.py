"""Words of the office, which are kept, apart from words of a reader, which are shown."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation
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
