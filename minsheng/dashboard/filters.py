"""What a list of sub-items can be narrowed by. It reads the address, so that every figure has an address of its own.

The choices speak of what ``listing.seen`` annotates; a figure of the overview is a count over one of them.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department
from funding.models import FundingLine, FundingSource
from funding.sources import STAGES, unassigned
from minsheng.dashboard import words
from minsheng.narrowing import Choices, ListFilter, Narrowing
from projects.filing import HAVE_FILED, HAVE_NOT_FILED, Filing
from projects.models import Light, Milestone, Responsibility, SubItem
from projects.models.responsibility import ResponsibilityQuerySet
from projects.models.sub_item import SubItemQuerySet
from projects.standing import Standpoint, counted, moved, turned_worse, waiting_for_approval

# Always in sight; the others are folded.
MAIN: Final = ("month", "unit", "light", "filing", "q")

SOON: Final = timedelta(days=30)
UNASSIGNED: Final = "none"
NOBODY: Final = "none"
LIGHT_CHOICES: Final[Choices] = [
    ("behind", format_lazy("▲■ {words}", words=_("Yellow and red"))),
    *((light.value, format_lazy("{} {}", words.SHAPES[light], words.LIGHTS[light])) for light in words.SHAPES),
    ("none", _("no figure yet")),
    ("kept", _("figure kept")),
]
FILING_CHOICES: Final[Choices] = [
    ("expected", pgettext_lazy("filing", "expected")),
    ("filed", _("filed")),
    ("unfiled", _("not filed")),
    ("pending", _("waiting for approval")),
    *Filing.choices,
]
TURNED_CHOICES: Final[Choices] = [
    ("worse", _("turned yellow or red")),
    ("yellow", _("turned yellow")),
    ("red", _("turned red")),
]
MOVED_CHOICES: Final[Choices] = [
    (light.value, format_lazy("{} {}", words.SHAPES[light], words.LIGHTS[light])) for light in words.SHAPES
]
DUE_CHOICES: Final[Choices] = [("overdue", _("overdue")), ("soon", _("due within 30 days"))]
MONEY_CHOICES: Final[Choices] = [
    ("planned", _("with planned money")),
    ("secured", _("with secured money")),
    ("spent", _("with spent money")),
    ("undetermined", _("money undetermined")),
]
STATUS_CHOICES: Final[Choices] = [("withdrawn", _("withdrawn")), ("complete", _("complete or closed"))]


class SubItemFilter(ListFilter):
    """Narrows what ``listing.seen`` gives. A bad value is said in place and narrows nothing.

    Only counted sub-items are listed, unless withdrawn ones are asked for, or what has moved: among that is what was
    withdrawn since. The month narrows nothing by itself: it has
    decided the ``point`` from which all others look. Without oversight, ``filing`` speaks of what the person's units
    lead only.
    """

    month = Narrowing(_("As of"), "by_month", empty=_("Now"))
    unit = Narrowing(_("Filing unit"), "by_unit")
    light = Narrowing(_("Light"), "by_light", LIGHT_CHOICES)
    filing = Narrowing(_("Filing"), "by_filing", FILING_CHOICES)
    q = django_filters.CharFilter(
        label=_("Keyword"),
        method="by_text",
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Content, project, serial or code")}),
    )
    involved = Narrowing(_("Responsible unit"), "by_involved")
    turned = Narrowing(_("Changed this month"), "by_turn", TURNED_CHOICES)
    moved = Narrowing(_("Into or out of"), "by_moved", MOVED_CHOICES)
    deadline = Narrowing(_("Deadline"), "by_deadline", DUE_CHOICES)
    milestone = Narrowing(_("Milestone"), "by_milestone", DUE_CHOICES)
    money = Narrowing(_("Money"), "by_money", MONEY_CHOICES)
    source = Narrowing(_("Funding source"), "by_source")
    status = Narrowing(_("Status"), "by_status", STATUS_CHOICES)

    def __init__(self, data: Any, *, queryset: SubItemQuerySet, point: Standpoint) -> None:
        self.point = point
        self.seen = queryset
        super().__init__(data, queryset=queryset)
        offered: dict[str, Callable[[], Iterable[tuple[Any, str | Promise]]]] = {
            "month": self._months,
            "unit": lambda: self._filing_units(queryset),
            "involved": lambda: self._units(Exists(self._held().filter(_of_unit(OuterRef("pk"))))),
            "source": self._sources,
        }
        for name, choices in offered.items():
            self.filters[name].extra["choices"] = list(choices())

    @property
    def narrows(self) -> bool:
        """Whether anything that was understood narrows the list."""
        return any(name != "month" for name in self.active)

    @property
    def source_shown(self) -> int | str | None:
        """The key of the source whose money alone is shown, ``UNASSIGNED``, or nothing."""
        asked = self.active.get("source")
        return asked if asked in (None, UNASSIGNED) else int(asked)

    @property
    def by_present_plan(self) -> bool:
        """Whether a past month is narrowed by what no month keeps: lines, milestones and deadlines as planned now."""
        return self.point.period is not None and not {"source", "milestone", "deadline"}.isdisjoint(self.active)

    @property
    def main(self) -> list[BoundField]:
        return [self.form[name] for name in MAIN]

    @property
    def more(self) -> list[BoundField]:
        return [self.form[name] for name in self.form.fields if name not in MAIN]

    @property
    def more_used(self) -> bool:
        return any(name not in MAIN for name in (*self.active, *self.form.errors))

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        if asked.get("status") != "withdrawn" and not asked.get("moved"):
            queryset = counted(queryset, self.point)
        return super().filter_queryset(queryset)

    def by_month(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        return queryset

    def by_unit(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        return queryset.filter(Q(stood_unit__isnull=True) if value == NOBODY else Q(stood_unit=value))

    def by_involved(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        """Leading or assisting, itself or by a section."""
        return queryset.filter(Exists(held(self.point).filter(_of_unit(value), sub_item=OuterRef("pk"))))

    def by_light(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        if value == "kept":
            return queryset.filter(~Q(stood_light=""))
        lights = {"behind": [Light.YELLOW, Light.RED], "none": [""]}.get(value, [value])
        return queryset.filter(Q(stood_light__in=lights))

    def by_filing(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        if value == "pending":
            return queryset.filter(~Q(filing_seen=""), waiting_for_approval(self.point))
        several = {"filed": HAVE_FILED, "unfiled": HAVE_NOT_FILED, "expected": (*HAVE_FILED, *HAVE_NOT_FILED)}
        states = several.get(value, (value,))
        return queryset.filter(Q(filing_seen__in=states))

    def by_text(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        named = Q(content__icontains=value) | Q(project__name__icontains=value)
        return queryset.filter(named | Q(code__icontains=value) | Q(serial__iexact=value))

    def by_turn(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        turned = queryset.filter(turned_worse())
        return turned if value == "worse" else turned.filter(Q(stood_light=value))

    def by_moved(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        """What makes up the change of a light's count against the end of the month before."""
        return queryset.filter(moved(value, self.point))

    def by_deadline(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        """Of what was neither complete nor closed."""
        return queryset.filter(unfinished(self.point), _due("deadline", value, self.point))

    def by_milestone(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        """With an open milestone, of what was neither complete nor closed."""
        due = open_milestones(value, self.point).filter(sub_item=OuterRef("pk"))
        return queryset.filter(unfinished(self.point), Exists(due))

    def by_money(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        if value == "undetermined":
            return queryset.filter(~Q(stood_light=""), Q(stood_planned__isnull=True))
        return queryset.filter(**{f"stood_{value}__isnull": False})

    def by_source(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        """With a line of the year from the source; ``none``: with money that no line assigns to a source. Of a month
        only what has a figure of it, since only that counts in its sums.
        """
        year = self.point.programme.year
        if self.point.period:
            queryset = queryset.filter(~Q(stood_light=""))
        if value == UNASSIGNED:
            left = {f"left_{stage}": unassigned(stage, year=year, until=month_of(self.point)) for stage in STAGES}
            differs = [Q(**{f"{name}__isnull": False}) & ~Q(**{name: 0}) for name in left]
            return queryset.alias(**left).filter(reduce(or_, differs))
        lines = FundingLine.objects.filter(sub_item=OuterRef("pk"), year=year).order_by()
        return queryset.filter(Exists(lines.filter(source_id=int(value))))

    def by_status(self, queryset: SubItemQuerySet, name: str, value: str) -> SubItemQuerySet:
        if value == "withdrawn":
            return queryset.filter(status=SubItem.Status.WITHDRAWN)
        return queryset.filter(Q(stood_light=Light.BLUE))

    def _held(self) -> ResponsibilityQuerySet:
        return held(self.point).filter(sub_item__in=self._keys())

    def _keys(self) -> Any:
        return self.seen.order_by().values("pk")

    def _months(self) -> list[tuple[str, str]]:
        return [(f"{period.month:%Y-%m}", str(period)) for period in reversed(self.point.opened)]

    def _filing_units(self, seen: Any) -> list[tuple[str, str | Promise]]:
        filing = set(seen.order_by().values_list("stood_unit", flat=True).distinct())
        nobody = [(NOBODY, _("No unit named"))] if None in filing else []
        return [*self._units(Q(pk__in=filing - {None})), *nobody]

    def _units(self, which: Q | Exists) -> list[tuple[str, str]]:
        units = Department.objects.filter(parent=None).filter(which)
        return [(str(unit.pk), unit.name) for unit in units.official_order()]

    def _sources(self) -> list[tuple[str, str | Promise]]:
        lines = FundingLine.objects.filter(sub_item__in=self._keys(), year=self.point.programme.year)
        sources = FundingSource.objects.filter(pk__in=lines.values("source"))
        return [*((str(source.pk), str(source)) for source in sources), (UNASSIGNED, _("not assigned to a source"))]


def held(point: Standpoint) -> ResponsibilityQuerySet:
    """Responsibilities of the month looked at, or of the one that is filed now."""
    return Responsibility.objects.standing_in(point.month)


def unfinished(point: Standpoint) -> Q:
    """What was neither complete nor closed."""
    if point.period is None:
        return ~Q(stood_light=Light.BLUE) & Q(status=SubItem.Status.ACTIVE)
    return ~Q(stood_light=Light.BLUE)


def month_of(point: Standpoint) -> date | None:
    """The first day of the month looked at; nothing for now."""
    return point.period.month if point.period else None


def open_milestones(due: str, point: Standpoint) -> Any:
    """Milestones not reached by the day looked at: ``overdue``, or due ``soon``."""
    on = point.on
    return Milestone.objects.filter(Q(done_on=None) | Q(done_on__gt=on)).filter(_due("due_on", due, point))


def judged_on(point: Standpoint) -> date:
    """The day before which days have passed: a day passes only when it is over, and a month ends with its last day."""
    if point.period is None:
        return point.today
    return min(point.today, point.period.ends_on + timedelta(days=1))


def _due(field: str, which: str, point: Standpoint) -> Q:
    on = judged_on(point)
    if which == "overdue":
        return Q(**{f"{field}__lt": on})
    return Q(**{f"{field}__gte": on, f"{field}__lte": on + SOON})


def _of_unit(unit: Any) -> Q:
    return Q(department=unit) | Q(department__parent=unit)
