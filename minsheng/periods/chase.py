"""Who has not filed a month, with whom to talk to: on the page, as a text for the work group, as an Excel file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from departments import audit, clock, language
from departments.models import Department, User
from departments.permissions import FILE_REPORT, REVIEW_REPORT, holders_by_unit
from minsheng import sheets
from minsheng.contacts import Contact, reachable
from minsheng.periods.filings import COMPLETENESS, TIMELINESS, Filings, Reporting
from minsheng.sheets import Column, Kind
from minsheng.words import NOTHING, near_day, percent
from projects.filing import HAVE_NOT_FILED, Filing, word_of
from projects.models import MonthlyReport, ReportEvent, ReportingPeriod, SubItem
from projects.standing import counted, stood

IN_UNIT_REVIEW: Final = MonthlyReport.State.UNIT_REVIEW


@dataclass(frozen=True)
class Item:
    """A sub-item that is not filed, with its own due day: what the office returned is due ``again``, and ``remarks``
    says at how many fields why. ``locked``: its unit cannot file it any more; ``excepted_until``: after the lock, but
    by an exception until that day. Neither is said of what waits for the unit's reviewer, who decides all the same.
    ``let_go``: the office waits for it no longer; it is counted as missing, and late for nobody.
    """

    sub_item: SubItem
    filing: str
    due_on: date
    days_late: int
    in_unit_review: bool = False
    on_behalf: bool = False
    again: bool = False
    remarks: int = 0
    locked: bool = False
    excepted_until: date | None = None
    reviewers: Sequence[Contact] = ()
    let_go: bool = False

    @property
    def is_urged(self) -> bool:
        """Whether its unit is asked to file it: not for what nobody waits for, unless it may be filed all the same."""
        return not (self.let_go and self.locked)

    @property
    def name(self) -> str:
        serial, title = self.sub_item.serial, language.inside_quotes(self.sub_item.title)
        return _("no. %(serial)s %(title)s") % {"serial": serial, "title": title} if serial else title

    @property
    def state(self) -> str:
        """In words: missing, returned (how many remarks, due again by when), with the unit's reviewer (who that is);
        after the lock, whether it can still be filed.
        """
        if self.in_unit_review:
            state = pgettext("filing", "with the unit's reviewer")
            if self.on_behalf:
                state = pgettext("filing", "with the unit's reviewer, submitted on behalf")
            reviewers = {"state": state, "people": language.listed(self.reviewers)}
            return _("%(state)s: %(people)s") % reviewers if self.reviewers else state
        parts = [word_of(self.filing, let_go=self.let_go)]
        if self.remarks:
            remarks = ngettext("%(count)d remark", "%(count)d remarks", self.remarks)
            parts.append(remarks % {"count": self.remarks})
        if self.locked and not self.let_go:
            parts.append(pgettext("filing", "locked"))
        elif self.again and self.days_late:
            parts.append(_("was due again by %(day)s") % {"day": near_day(self.due_on)})
        elif self.again:
            parts.append(_("due again by %(day)s") % {"day": near_day(self.due_on)})
        if self.excepted_until and not (self.again and self.excepted_until == self.due_on):
            parts.append(_("can be filed until %(day)s") % {"day": near_day(self.excepted_until)})
        return language.listed(parts)


@dataclass
class Owing:
    """A unit, its contacts and what it has not filed."""

    unit: str
    contacts: list[Contact]
    items: list[Item] = field(default_factory=list)

    @property
    def days_late(self) -> int:
        """Of what is longest overdue; 0 where nothing is yet."""
        return max((item.days_late for item in self.items), default=0)


@dataclass(frozen=True)
class Chase:
    """All units that owe reports of ``period``, in official order; ``days_late`` is 0 until the due day has passed.
    ``locked_on`` is the day since when nothing can be filed without an exception; none while the month is open.

    A unit, or an item, may be less late than the month: what the office returned is due again.
    """

    period: ReportingPeriod
    owing: list[Owing]
    days_late: int
    locked_on: date | None = None

    @property
    def count(self) -> int:
        return sum(len(one.items) for one in self.owing)

    @property
    def urged(self) -> "Chase":
        """The same without what nobody is asked to file any more."""
        owing = [replace(one, items=[item for item in one.items if item.is_urged]) for one in self.owing]
        return replace(self, owing=[one for one in owing if one.items])

    @property
    def not_urged(self) -> int:
        """How many the office waits for no longer."""
        return sum(not item.is_urged for one in self.owing for item in one.items)

    @property
    def is_any_locked(self) -> bool:
        return any(item.locked for one in self.owing for item in one.items)


def chase_of(reporting: Reporting, period: ReportingPeriod) -> Chase:
    """Six queries, whatever the number of units and sub-items; four more where any report is in unit review, one more
    after the lock.
    """
    point = reporting.point.at(period)
    every: Any = counted(stood(SubItem.objects.filter(programme=reporting.programme), point), point)
    rows = list(every.filter(filing__in=HAVE_NOT_FILED).select_related("project").order_by("position"))
    units = Department.objects.filter(pk__in={row.stood_unit for row in rows if row.stood_unit}).official_order()
    named = list(units)
    people = holders_by_unit(FILE_REPORT, [unit.pk for unit in named])
    owing = {unit.pk: Owing(unit.name, reachable(unit, people[unit.pk])) for unit in named}
    nobody = Owing(_("No unit named"), [])
    returns = _returns(row.report for row in rows if row.filing == Filing.RETURNED)
    reviewers = _reviewers(row for row in rows if row.report_state == IN_UNIT_REVIEW)
    locked_on = period.locks_on if period.locks_on <= point.today else None
    by_key = {unit.pk: unit for unit in named}
    exceptions = list(period.exceptions.in_force(point.today)) if locked_on else []
    for row in rows:
        item = _item_of(row, period, returns.get(row.report), point.today, reviewers.get(row.report, ()))
        if locked_on and not item.in_unit_review:
            unit = by_key.get(row.stood_unit)
            until = max((one.until for one in exceptions if one.reaches(row.pk, unit)), default=None)
            item = replace(item, locked=until is None, excepted_until=until)
        owing.get(row.stood_unit, nobody).items.append(item)
    found = [*owing.values(), nobody] if nobody.items else list(owing.values())
    return Chase(period, found, max(0, (point.today - period.due_on).days), locked_on)


def _returns(reports: Iterable[int]) -> dict[int, ReportEvent]:
    """The last return of each of ``reports``, by its key."""
    events = ReportEvent.objects.filter(report__in=list(reports), to_state=MonthlyReport.State.RETURNED)
    return {event.report_id: event for event in events.defer("snapshot").order_by("pk")}


def _reviewers(rows: Iterable[Any]) -> dict[int, list[Contact]]:
    """Whom each report in unit review waits for, by its key: never the one who submitted it."""
    waiting = {row.report: row.stood_unit for row in rows}
    if not waiting:
        return {}
    people = holders_by_unit(REVIEW_REPORT, set(waiting.values()))
    submitters = dict(MonthlyReport.objects.filter(pk__in=waiting).values_list("pk", "submitted_by"))
    return {
        report: [Contact(one.name, one.telephone) for one in people[unit] if one.pk != submitters[report]]
        for report, unit in waiting.items()
    }


def _item_of(
    row: Any,
    period: ReportingPeriod,
    returned: ReportEvent | None,
    today: date,
    reviewers: Sequence[Contact],
) -> Item:
    again = returned.due_again_on if returned else None
    due_on = max(again or period.due_on, period.due_on)
    return Item(
        row,
        row.filing,
        due_on,
        0 if row.let_go else max(0, (today - due_on).days),
        in_unit_review=row.report_state == IN_UNIT_REVIEW,
        on_behalf=bool(row.on_behalf),
        again=again is not None,
        remarks=len(returned.remarks) if returned else 0,
        reviewers=reviewers,
        let_go=row.let_go,
    )


def text_of(reporting: Reporting, chase: Chase) -> str:
    """The text for the work group, in the office's language whoever copies it; empty where nobody is urged."""
    chase = chase.urged
    if not chase.owing:
        return ""
    with language.of_the_office():
        programme, period = reporting.programme, chase.period
        words: dict[str, Any] = {
            "programme": programme,
            "month": period,
            "due": near_day(period.due_on),
            "now": f"{near_day(clock.today())} {clock.now():%H:%M}",
            "units": len(chase.owing),
            "items": chase.count,
        }
        if chase.locked_on:
            words["locked"] = near_day(chase.locked_on)
            head = _(
                "[Reminder] %(programme)s: reports of %(month)s were due on %(due)s and have been locked since"
                " %(locked)s. As of %(now)s, %(units)d units have not filed %(items)d items:"
            )
        elif chase.days_late:
            head = _(
                "[Reminder] %(programme)s: reports of %(month)s were due on %(due)s. As of %(now)s, %(units)d units"
                " have not filed %(items)d items:"
            )
        else:
            head = _(
                "[Reminder] %(programme)s: reports of %(month)s are due on %(due)s. As of %(now)s, %(units)d units"
                " have not filed %(items)d items yet:"
            )
        lines = [_line(number, one) for number, one in enumerate(chase.owing, start=1)]
        office = programme.jurisdiction
        foot = _please(chase) % {"office": f"{office.office_name} {office.office_contact}".strip()}
        return "\n".join([head % words, *lines, foot])


def _please(chase: Chase) -> str:
    """What the units are asked to do: after the lock, first to ask for an exception."""
    if not chase.is_any_locked:
        return _("Please file as soon as possible. %(office)s")
    if any(item.excepted_until for one in chase.owing for item in one.items):
        return _(
            "What can be filed until a day that is named: please file by then. The rest is locked: where it is still to"
            " be filed, ask for an exception in the portal first. %(office)s"
        )
    return _(
        "Nothing can be filed after the lock: where it is still to be filed, ask for an exception in the portal first."
        " %(office)s"
    )


def _line(number: int, one: Owing) -> str:
    items = language.listed(_item(item) for item in one.items)
    words = {
        "number": number,
        "unit": one.unit,
        "contact": language.listed(one.contacts) or _("no contact known"),
        "items": items,
        "days": one.days_late,
    }
    if one.days_late:
        form = ngettext(
            "%(number)d. %(unit)s (%(contact)s): %(items)s; %(days)d day late",
            "%(number)d. %(unit)s (%(contact)s): %(items)s; %(days)d days late",
            one.days_late,
        )
        return form % words
    return _("%(number)d. %(unit)s (%(contact)s): %(items)s") % words


def _item(item: Item) -> str:
    if item.filing == Filing.RETURNED or item.in_unit_review or item.excepted_until:
        return _("%(item)s (%(state)s)") % {"item": item.name, "state": item.state}
    return item.name


def export(reporting: Reporting, period: ReportingPeriod, *, by: User) -> tuple[str, bytes]:
    """The name and the content of the file: the same list, one row for each item. That it was taken is recorded."""
    chase, programme = chase_of(reporting, period), reporting.programme
    filings = reporting.of(period)
    title = _("%(programme)s: not filed for %(month)s") % {"programme": programme, "month": period}
    stamp = {"time": f"{clock.now():%Y-%m-%d %H:%M}", "person": audit.signature(by)}
    sheet = sheets.Sheet(
        name=_("Not filed"),
        title=title,
        notes=[
            _("Due %(day)s; %(completeness)s, %(timeliness)s")
            % {
                "day": period.due_on.isoformat(),
                "completeness": f"{COMPLETENESS} {percent(filings.completeness)}",
                "timeliness": f"{TIMELINESS} {_timeliness(filings)}",
            },
            *_locked_note(chase),
            _("Exported %(time)s by %(person)s") % stamp,
        ],
        columns=[
            Column(_("Unit"), 26),
            Column(_("Contact"), 14),
            Column(_("Telephone"), 18),
            Column(_("No."), 6),
            Column(_("Sub-item"), 44),
            Column(_("Filing"), 26),
            Column(_("Days late"), 10, Kind.NUMBER),
        ],
        rows=_rows(chase),
        page_words=_("page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
    )
    content = sheets.workbook(sheet)
    audit.record(
        "filing.export",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        month=f"{period.month:%Y-%m}",
        rows=chase.count,
    )
    return f"{title}.xlsx", content


def _timeliness(filings: Filings) -> str:
    """As the page's tile says it."""
    if filings.is_due:
        return percent(filings.timeliness)
    return _("%(nothing)s (%(when)s)") % {"nothing": NOTHING, "when": _("after the due day")}


def _locked_note(chase: Chase) -> list[str]:
    if chase.locked_on is None:
        return []
    day = {"day": chase.locked_on.isoformat()}
    return [_("Locked since %(day)s: what is locked can be filed by an exception only, for which its unit asks") % day]


def _rows(chase: Chase) -> Iterable[Sequence[Any]]:
    for one in chase.owing:
        names = language.listed(contact.name for contact in one.contacts if contact.name)
        telephones = language.listed(contact.telephone for contact in one.contacts if contact.telephone)
        for item in one.items:
            yield [one.unit, names, telephones, item.sub_item.serial, item.sub_item.title, item.state, _days(item)]


def _days(item: Item) -> int | None:
    return None if item.let_go else item.days_late
