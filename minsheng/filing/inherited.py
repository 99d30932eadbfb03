"""A draft that was handed over: what of it another unit wrote, who and when, until its unit of now changes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from departments import language
from funding.services.readings import STAGES
from minsheng.filing.content import Content, content_of
from minsheng.filing.merge import digest, flat
from minsheng.filing.remarks import fields_of
from minsheng.words import near_moment
from projects.models import is_of_another
from projects.rules.reports import Finding

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet

NOTHING = digest(None)


@dataclass(frozen=True)
class Written:
    """What one person wrote while ``unit`` had the draft, which is another's from the month ``handed`` on: the labels
    of the fields, the first of which is ``field``.
    """

    unit: str
    who: str
    at: datetime
    handed: date
    field: str
    labels: list[str]

    @property
    def fields(self) -> str:
        return language.listed(self.labels)


def inherited_of(sheet: "Sheet", content: Content | None = None) -> list[Written]:
    """What other units wrote of the draft and ``content`` still says, else of the draft as it stands; in the order of
    the form. Of what only carries the last figures on nobody is the author, nor here of lines that others read.
    """
    report = sheet.report
    if report is None or not report.handed_from:
        return []
    stands = flat(content_of(report))
    says, last = (stands if content is None else flat(content)), flat(sheet.last)
    found: dict[tuple[str, str], Written] = {}
    for key, label in fields_of(sheet).items():
        for name in _boxes(key):
            mark = report.edits.get(name, {})
            value = digest(stands.get(name))
            carried = name[-1].isdigit() and value == digest(last.get(name))
            if value in (NOTHING, "") or value != digest(says.get(name)) or carried:
                continue
            if not is_of_another(mark, report.department_id) or key in _read_elsewhere(sheet):
                continue
            one = found.setdefault((mark["unit"], mark["by"]), _written(mark, name))
            if label not in one.labels:
                one.labels.append(label)
    return list(found.values())


def inherited_findings(sheet: "Sheet", content: Content) -> Iterator[Finding]:
    """That the text is another unit's, for whoever submits it and for the reviewers after him."""
    for one in inherited_of(sheet, content):
        words = {"unit": one.unit, "fields": one.fields, "who": one.who, "when": near_moment(one.at)}
        yield Finding(
            one.field,
            _("The draft was handed over from %(unit)s: %(fields)s as written by %(who)s, %(when)s, and unchanged.")
            % words,
        )


def _boxes(key: str) -> list[str]:
    """The boxes of the form that a field has: a money line has several."""
    kind, _line, pk = key.partition("_")
    return [f"{stage}_{pk}" for stage in STAGES] if kind == "money" else [key]


def _read_elsewhere(sheet: "Sheet") -> set[str]:
    return {f"money_{pk}" for pk in sheet.assigned}


def _written(mark: dict[str, str], name: str) -> Written:
    at, handed = datetime.fromisoformat(mark["at"]), date.fromisoformat(f"{mark['handed']}-01")
    return Written(mark["unit_name"], mark["by"], at, handed, name, [])
