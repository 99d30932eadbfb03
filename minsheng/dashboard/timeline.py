"""Everything that happened to a sub-item in one timeline, newest first, narrowed by kind through the address."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import audit, clock
from minsheng.dashboard import words
from minsheng.dashboard.addresses import Option
from minsheng.dashboard.months import Month, correction_of
from minsheng.dashboard.reports import ReportView
from minsheng.dashboard.revisions import Change, changes_of
from minsheng.dashboard.shares import hand_overs
from projects.models import PeriodFigure, SubItem, SubItemRevision

SHOWN: Final = range(3, 11)  # how many at least and at most; the rest folds


class Kind(TextChoices):
    """By what the timeline can be narrowed; the values stand in addresses."""

    REPORTS = "reports", gettext_lazy("Monthly reports")
    FIGURES = "figures", gettext_lazy("Period figures")
    LIGHTS = "lights", gettext_lazy("Lights")
    PLAN = "plan", gettext_lazy("Plan")
    UNITS = "units", gettext_lazy("Responsibility")


@dataclass(frozen=True)
class Event:
    """``month_only``: no day is known. ``light`` stands behind the title; ``tone`` colours the dot."""

    at: datetime
    title: str
    kinds: frozenset[Kind]
    actor: str = ""
    comment: str = ""
    tone: str = ""
    light: str = ""
    before: str = ""
    month_only: bool = False
    badge: str = ""
    changes: list[Change] = field(default_factory=list)
    remarks: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Timeline:
    """``first`` are shown, ``rest`` folds. ``options`` narrow by kind, each saying how many it shows."""

    first: list[Event]
    rest: list[Event]
    options: list[Option]

    @property
    def count(self) -> int:
        return len(self.first) + len(self.rest)


def timeline_of(
    sub_item: SubItem, *, reports: Sequence[ReportView], months: Sequence[Month], asked: str, month: str, room: int
) -> Timeline:
    """All that the reader may know: ``reports`` are those he may read. ``month`` stays in the address; there is
    ``room`` for so many events before the fold. One query.
    """
    events = [
        *_of_reports(reports),
        *reversed(list(_of_figures(months))),  # those of one moment, too, the newest month first
        *_of_overrides(sub_item),
        *_of_revisions(sub_item),
        *_of_units(sub_item),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    kind = Kind(asked) if asked in Kind.values else None
    shown = [event for event in events if kind is None or kind in event.kinds]
    first = min(max(room, SHOWN.start), SHOWN.stop - 1)
    return Timeline(shown[:first], shown[first:], _options(events, kind, month))


def _options(events: Sequence[Event], kind: Kind | None, month: str) -> list[Option]:
    kept = f"&month={month}" if month else ""
    everything = Option(" ".join((_("All"), str(len(events)))), f"?events={kept}#timeline", kind is None)
    counts = {one: sum(one in event.kinds for event in events) for one in Kind}
    narrowed = [
        Option(f"{one.label} {count}", f"?events={one.value}{kept}#timeline", one == kind)
        for one, count in counts.items()
        if count or one == kind
    ]
    return [everything, *narrowed]


def _of_reports(reports: Iterable[ReportView]) -> Iterator[Event]:
    for view in reports:
        for event in view.events:
            yield Event(
                at=event.at,
                title=_("Report of %(month)s: %(step)s") % {"month": view.month, "step": event.title},
                kinds=frozenset({Kind.REPORTS}),
                actor=event.actor,
                comment=event.comment,
                tone=event.tone,
                remarks=event.remarks,
            )


def _of_figures(months: Iterable[Month]) -> Iterator[Event]:
    """Each figure kept. Its light is compared with the row it corrects, else with the month before."""
    before = ""
    for month in months:
        last = before
        for figure in month.figures:
            yield _figure(figure, last)
            last = figure.light
        before = last


def _figure(figure: PeriodFigure, before: str) -> Event:
    changed = bool(before) and before != figure.light
    values = {
        "month": figure.period,
        "percent": words.percent(figure.percent),
        "scheduled": words.percent(figure.scheduled_percent),
    }
    return Event(
        at=figure.at,
        title=_("Figure of %(month)s kept: %(percent)s, scheduled %(scheduled)s") % values,
        kinds=frozenset({Kind.FIGURES, Kind.LIGHTS} if changed else {Kind.FIGURES}),
        actor=_("%(who)s (%(cause)s)") % {"who": audit.signature(figure.by), "cause": figure.get_cause_display()}
        if figure.by
        else figure.get_cause_display(),
        comment=figure.sentence,
        tone=figure.light,
        light=figure.light,
        before=before if changed else "",
        badge=correction_of(figure),
    )


def _of_overrides(sub_item: SubItem) -> Iterator[Event]:
    for row in sub_item.overrides.all():
        days = {"since": words.day(row.since), "until": words.day(row.until)}
        yield Event(
            at=row.at,
            title=_("Light set by a person, from %(since)s to %(until)s") % days,
            kinds=frozenset({Kind.LIGHTS}),
            actor=audit.signature(row.by),
            comment=row.reason,
            tone=row.light,
            light=row.light,
        )


def _of_revisions(sub_item: SubItem) -> Iterator[Event]:
    for revision in sub_item.revisions.select_related("by__department").order_by("number"):
        yield _revision(revision)


def _revision(revision: SubItemRevision) -> Event:
    baseline = revision.number == 1
    number = {"number": revision.number - 1, "origin": revision.get_origin_display()}
    document = _("Document: %(name)s") % {"name": revision.document} if revision.document else ""
    return Event(
        at=revision.at,
        title=_("Issued with the task table (baseline)")
        if baseline
        else _("Plan revised (%(number)d): %(origin)s") % number,
        kinds=frozenset({Kind.PLAN}),
        actor=audit.signature(revision.by),
        comment="\n".join(part for part in (revision.reason, document) if part),
        tone="blue",
        changes=changes_of(revision),
    )


def _of_units(sub_item: SubItem) -> Iterator[Event]:
    for one in hand_overs(sub_item):
        yield Event(
            at=_begin_of(one.month),
            title=_("%(what)s: %(unit)s") % {"what": one.title, "unit": one.name},
            kinds=frozenset({Kind.UNITS}),
            tone="grey",
            month_only=True,
        )


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.ZONE)
