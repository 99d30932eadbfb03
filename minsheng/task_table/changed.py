"""What others did on a table since a person's page was shown, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments.language import listed
from minsheng.task_table import record
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.said import BACK, GONE, MONTH, TAKE
from minsheng.task_table.again.shown import LABELS
from minsheng.task_table.messages import MESSAGES
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.other_tables import TABLE
from minsheng.task_table.points import FILING, kind_words
from minsheng.task_table.spoken import PART_NAMES
from minsheng.task_table.tables import words_of
from projects.models import SubItem

# Of what a step speaks is plain from its name there.
_PLAIN: Final = {"", "apart", MATCH}
_WORDS: Final[dict[str, Promise]] = {
    FILING: pgettext_lazy("what somebody decided on", "who files"),
    MONTH: gettext_lazy("from the month"),
    "reason": gettext_lazy("Reason"),
    "document": gettext_lazy("Authorising document"),
}


@dataclass(frozen=True)
class Changed:
    """One step of one person on one row, or on the table as a whole: ``what`` names the parts of it."""

    row: int | None
    step: str
    what: str
    by_name: str
    at: datetime


def changed_since(batch: ImportBatch, version: int) -> list[Changed]:
    """What was said after ``version``, the newest first; parts of one row said in one step stand together."""
    found = record.since(batch, version)
    items = _missing(found)
    steps: dict[tuple[int, int | None, str, str], tuple[ImportDecision, dict[str, None]]] = {}
    for one in found:
        named = items.get(one.part.split("-")[1], "") if one.part.startswith(f"{GONE}-") else _named(one)
        _one, whats = steps.setdefault((one.version, one.row, one.step, one.by_name), (one, {}))
        whats |= {named: None} if named else {}
    return [
        Changed(one.row, one.get_step_display(), listed(whats), one.by_name, one.at) for one, whats in steps.values()
    ]


def _missing(found: Iterable[ImportDecision]) -> dict[str, str]:
    """The sub-items that the table no longer names, of which something was said, in words by their key."""
    keys = {one.part.split("-")[1] for one in found if one.part.startswith(f"{GONE}-")}
    items = SubItem.objects.filter(pk__in=keys).select_related("project") if keys else ()
    return {str(one.pk): str(one) for one in items}


def _named(one: ImportDecision) -> str:
    """Of which part of the row the step speaks."""
    kind, _dash, part = one.part.partition("-")
    if kind in (TAKE, BACK) and part in LABELS:
        return str(LABELS[part])
    code = one.part.rpartition(".")[0]
    if one.part.startswith(TABLE):
        return f"“{one.part.removeprefix(TABLE)}” {words_of((one.after or {}).get('said', ''))}"
    words = PART_NAMES.get(one.part) or _WORDS.get(one.part) or (kind_words(code) if code in MESSAGES else "")
    if words or one.part in _PLAIN:
        return str(words)
    return f"“{one.part.removeprefix('name.')}”" if one.step == ImportDecision.Step.NAME else ""
