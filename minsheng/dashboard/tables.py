"""The list of sub-items as a table: what stands in its columns, by what they are ordered, and their sums."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import django_tables2 as tables
from django.db.models import Case, DecimalField, ExpressionWrapper, F, IntegerField, OuterRef, Subquery, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.language import listed
from departments.models import Department
from minsheng import columns
from minsheng.dashboard import words
from minsheng.dashboard.addresses import sub_item_from
from minsheng.dashboard.filters import UNASSIGNED, SubItemFilter, judged_on
from projects.filing import Filing, word_of
from projects.models import Light, MonthlyReport, Responsibility, SubItem
from projects.standing import Standpoint, worst_first

if TYPE_CHECKING:
    from minsheng.dashboard.listing import Sums

BEHIND: Final = ExpressionWrapper(F("stood_scheduled") - F("stood_percent"), output_field=DecimalField())
FILING_ORDER: Final = Case(
    *(When(filing_seen=value, then=Value(place)) for place, value in enumerate(Filing.values)),
    default=Value(len(Filing.values)),
    output_field=IntegerField(),
)
UNIT_ORDER: Final = Subquery(Department.objects.filter(pk=OuterRef("stood_unit")).values("order")[:1])
MONEY: Final = ("planned", "secured", "spent")


class Column(columns.Column):
    """A column of sub-items: equals stand in the order of the official table."""

    def __init__(self, heading: str | Promise, *, then: str = "position", **options: Any) -> None:
        super().__init__(heading, then=(then, "position"), **options)


class LightColumn(Column):
    """The worst first, inside a light the furthest behind; or the other way round."""

    def order(self, queryset: Any, is_descending: bool) -> tuple[Any, bool]:  # noqa: FBT001
        ordered = worst_first(queryset)
        return (ordered.reverse() if is_descending else ordered), True


class MoneyColumn(Column):
    """An amount, and below all rows what the whole list adds up to."""

    def __init__(self, heading: str | Promise, name: str) -> None:
        super().__init__(heading, by=f"shown_{name}", css="amount", largest_first=True)
        self.stage = name

    def render_footer(self, table: "SubItemTable") -> str:
        amount = getattr(table.sums, self.stage)
        return amount_words(self.stage, amount, approx=table.sums.approx)


class SubItemTable(tables.Table):  # type: ignore[misc] # published without types
    """Rows of ``listing.seen`` with the money to show (``listing.with_money``), as ``listing.loaded`` loads them."""

    position = Column(gettext_lazy("No."), by="position", css="serial card-hidden")
    project = Column(gettext_lazy("Project"), css="project card-hidden")
    title = Column(gettext_lazy("Sub-item"), css="item card-title", template="dashboard/cells/title.html")
    light = LightColumn(gettext_lazy("Light"), by="stood_light", css="standing", template="dashboard/cells/light.html")
    percent = Column(
        gettext_lazy("Progress"),
        by="stood_percent",
        css="progress-column",
        largest_first=True,
        template="dashboard/cells/progress.html",
    )
    scheduled = Column(gettext_lazy("Scheduled"), by="stood_scheduled", css="num", largest_first=True)
    behind = Column(gettext_lazy("Behind"), by=BEHIND, css="num", largest_first=True)
    deadline = Column(gettext_lazy("Deadline"), by="deadline", css="nowrap", template="dashboard/cells/deadline.html")
    unit = Column(
        gettext_lazy("Lead unit"),
        by=UNIT_ORDER,
        then="stood_unit",
        css="lead-unit",
        template="dashboard/cells/unit.html",
    )
    filing = Column(gettext_lazy("Filing"), by=FILING_ORDER, css="filing", template="dashboard/cells/filing.html")
    planned = MoneyColumn(gettext_lazy("Planned"), "planned")
    secured = MoneyColumn(gettext_lazy("Secured"), "secured")
    spent = MoneyColumn(gettext_lazy("Spent"), "spent")

    class Meta:
        template_name = "components/data_table.html"
        attrs = {"class": "sub-item-list"}  # noqa: RUF012 the library's own form

    def __init__(
        self, rows: Any, *, asked: SubItemFilter, sums: "Sums", sort: Sequence[str], hidden: Iterable[str]
    ) -> None:
        self.point: Standpoint = asked.point
        self.moved = "moved" in asked.active
        self.sums = sums
        super().__init__(rows, order_by=[name for name in sort if name][:1], exclude=tuple(hidden))
        source = source_words(asked)
        for name in MONEY:
            column = self.columns[name].column
            if source:
                column.verbose_name = _("%(stage)s (%(source)s)") % {"stage": column.verbose_name, "source": source}

    @property
    def label_span(self) -> int:
        """How many columns stand before the sums."""
        return sum(not column.has_footer() for column in self.columns)

    def render_position(self, record: Any) -> str:
        return str(record.serial or words.NOTHING)

    def render_project(self, record: Any) -> str:
        return str(record.project.name)

    def render_scheduled(self, record: Any) -> str:
        return words.percent(record.stood_scheduled)

    def render_behind(self, record: Any) -> str:
        late = behind(record)
        return words.number(late) if late is not None and late > 0 else words.NOTHING

    def render_planned(self, record: Any) -> str:
        return amount_words("planned", record.shown_planned, approx=record.shown_approx)

    def render_secured(self, record: Any) -> str:
        return words.stage(record.shown_secured)

    def render_spent(self, record: Any) -> str:
        return words.stage(record.shown_spent)

    def light_words(self, record: Any) -> str:
        return words.light_word(record.stood_light, closed=self._closed(record))

    def _closed(self, record: Any) -> bool:
        return self.point.period is None and record.is_closed

    def words_title(self, record: Any) -> dict[str, Any]:
        return {"url": sub_item_from(self.point, record.pk)}

    def words_light(self, record: Any) -> dict[str, Any]:
        return {"closed": self._closed(record), "before": self._before(record)}

    def _before(self, record: Any) -> str:
        """What it showed at the end of the month before, where the list is of what has moved since."""
        if not self.moved or self.point.before is None:
            return ""
        light = words.light_word(record.light_before) if record.light_before else _("no figure")
        return _("at the end of %(month)s: %(light)s") % {"month": self.point.before, "light": light}

    def words_deadline(self, record: Any) -> dict[str, Any]:
        return {"deadline": words.deadline(record), "note": deadline_note(record, self.point)}

    def words_unit(self, record: Any) -> dict[str, Any]:
        leads = unit_names(record)
        return {"lead": leads[0] if leads else _("to be named"), "others": listed(leads[1:])}

    def words_filing(self, record: Any) -> dict[str, Any]:
        return {"word": filing_word(record), "pending": pending_words(record, self.point)}


def amount_words(stage: str, amount: Decimal | None, *, approx: bool) -> str:
    return words.money(amount, approx=approx) if stage == "planned" else words.stage(amount)


def behind(row: Any) -> Decimal | None:
    """How many points a row is behind its schedule; negative where it is ahead."""
    if row.stood_scheduled is None or row.stood_percent is None:
        return None
    return Decimal(row.stood_scheduled - row.stood_percent)


def deadline_note(row: Any, point: Standpoint) -> str:
    """That the deadline has passed, or that it is not firm."""
    if not row.deadline_firm:
        return _("not firm")
    done = row.stood_light == Light.BLUE or (point.period is None and row.status != SubItem.Status.ACTIVE)
    passed = row.deadline is not None and row.deadline < judged_on(point)
    return _("passed") if passed and not done else ""


def unit_names(row: Any, role: str = Responsibility.Role.LEAD) -> list[str]:
    """Full names of the units in a role, the filing one first; those nobody has named yet as the table says them."""
    return [
        one.department.full_name if one.department else _("%(name)s (to be named)") % {"name": one.stated_as}
        for one in row.held
        if one.role == role
    ]


def filing_word(row: Any) -> str:
    """How the month was filed, and that another unit's person did, as far as the reader may know it."""
    if not row.filing_seen:
        return words.NOTHING
    word = word_of(row.filing_seen, let_go=row.let_go)
    sent = row.report_state not in (MonthlyReport.State.DRAFT, MonthlyReport.State.RETURNED)
    return _("%(filing)s (on behalf)") % {"filing": word} if row.on_behalf and sent else word


def pending_words(row: Any, point: Standpoint) -> str:
    """What waits for approval, of the latest month, for those who may read it; the month where it is another one."""
    if not row.waiting:
        return ""
    report = row.waiting[-1]
    parts = {"percent": words.percent(report.percent), "month": report.period}
    if report.period == point.filing:
        return _("pending: %(percent)s") % parts
    return _("pending: %(percent)s (%(month)s)") % parts


def source_words(asked: SubItemFilter) -> str:
    """The source whose money alone is shown."""
    if asked.source_shown is None:
        return ""
    if asked.source_shown == UNASSIGNED:
        return _("not assigned to a source")
    return asked.word_of("source")
