"""The office's lists as tables: people, units, groups, sources, the audit trail."""

from collections.abc import Mapping
from typing import Any, Final

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import words
from minsheng.columns import Column
from minsheng.office import history
from minsheng.office.rights import RightRow

IN_ORDER: Final = ("department__order", "department__position", "username")


class ListTable(tables.Table):  # type: ignore[misc] # published without types
    """Rows with their number in the whole list. Call ``show`` before it is drawn."""

    number = Column(gettext_lazy("No."), css="serial card-hidden")

    class Meta:
        template_name = "components/data_table.html"

    def __init__(self, rows: Any, *, params: QueryDict, **options: Any) -> None:
        super().__init__(rows, order_by=[name for name in params.getlist("sort") if name][:1], **options)
        self.numbers: dict[int, int] = {}

    def show(self, params: QueryDict, size: int) -> list[Any]:
        """Take the page of the list that the address names; its rows."""
        paginator = Paginator(self.rows, size)
        paginator.count = self.data.data.order_by().count()  # else all rows would be loaded to be counted
        self.page = paginator.get_page(params.get("page"))
        self.numbers = {one.pk: number for number, one in enumerate(self.records, start=self.page.start_index())}
        return self.records

    @property
    def records(self) -> list[Any]:
        """The rows of the page."""
        return [row.record for row in self.page.object_list]

    def render_number(self, record: Any) -> str:
        return str(self.numbers[record.pk])


class PeopleTable(ListTable):
    """Accounts; ``held`` is what the people of the page may do."""

    name = Column(
        gettext_lazy("Name of the person"),
        by="name",
        then=("username",),
        css="card-title",
        template="office/cells/person.html",
    )
    username = Column(gettext_lazy("User name"), by="username", css="span-2")
    unit = Column(
        gettext_lazy("Unit"),
        by="department__order",
        then=IN_ORDER[1:],
        css="span-4",
        template="office/cells/unit_of.html",
    )
    rights = Column(gettext_lazy("Rights"), css="wide span-6", template="office/cells/rights.html")
    telephone = Column(gettext_lazy("Telephone"), css="nowrap span-2")
    last_login = Column(
        gettext_lazy("Last sign-in"),
        by="last_login",
        css="nowrap span-2",
        largest_first=True,
        template="office/cells/last_login.html",
    )
    state = Column(
        gettext_lazy("State"), by="is_active", css="nowrap span-2", template="office/cells/account_state.html"
    )

    class Meta(ListTable.Meta):
        attrs = {"class": "office-list"}  # noqa: RUF012 the library's own form

    def __init__(self, rows: Any, *, params: QueryDict) -> None:
        super().__init__(rows, params=params)
        self.held: Mapping[int, list[RightRow]] = {}

    def render_telephone(self, record: Any) -> str:
        return str(record.telephone or words.NOTHING)

    def words_rights(self, record: Any) -> dict[str, Any]:
        return {"rights": self.held.get(record.pk, [])}


class PlacedTable(ListTable):
    """Rows that have a place among all; with ``by_hand`` they are moved in a column ``place`` of the table's own."""

    def __init__(self, rows: Any, *, params: QueryDict, by_hand: bool) -> None:
        super().__init__(rows, params=params, exclude=() if by_hand else ("place",))
        self.count = 0


class UnitTable(PlacedTable):
    """Units with sections and aliases; ``by_hand``: their order can be changed, since all of them stand in it."""

    name = Column(
        gettext_lazy("Unit"), by="name", then=("order", "position"), css="card-title", template="office/cells/unit.html"
    )
    sections = Column(gettext_lazy("Sections"), css="span-2", template="office/cells/sections.html")
    aliases = Column(gettext_lazy("Aliases"), css="span-4", template="office/cells/aliases.html")
    contact = Column(gettext_lazy("Contact"), css="span-2", template="office/cells/contact.html")
    people = Column(
        gettext_lazy("People"),
        by="persons",
        then=("order", "position"),
        css="num span-2",
        largest_first=True,
        template="office/cells/people_of.html",
    )
    state = Column(
        gettext_lazy("State"),
        by="active_until",
        then=("order", "position"),
        css="span-2",
        template="office/cells/unit_state.html",
    )
    place = Column(gettext_lazy("Order"), css="actions span-6", template="office/cells/place.html")

    class Meta(ListTable.Meta):
        attrs = {"class": "office-list"}  # noqa: RUF012 the library's own form
        row_attrs = {"id": lambda record: f"unit-{record.pk}"}  # noqa: RUF012

    def words_place(self, record: Any) -> dict[str, Any]:
        return _place(self, record)


class GroupTable(ListTable):
    """Groups with members and aliases."""

    name = Column(gettext_lazy("Group"), by="name", css="card-title", template="office/cells/group.html")
    members = Column(
        gettext_lazy("Members"),
        by="size",
        then=("name", "pk"),
        css="wide span-6",
        largest_first=True,
        template="office/cells/members.html",
    )
    aliases = Column(gettext_lazy("Aliases"), css="wide span-6", template="office/cells/aliases.html")

    class Meta(ListTable.Meta):
        attrs = {"class": "office-list"}  # noqa: RUF012 the library's own form


class SourceTable(PlacedTable):
    """Funding sources; ``by_hand``: their order can be changed, since all of them stand in it."""

    name = Column(
        gettext_lazy("Name"), by="name", then=("position", "pk"), css="card-title", template="office/cells/source.html"
    )
    code = Column(gettext_lazy("Code"), by="code", css="span-2", template="office/cells/code.html")
    used = Column(
        gettext_lazy("Funding lines"), by="used", then=("position", "pk"), css="num span-2", largest_first=True
    )
    place = Column(gettext_lazy("Order"), css="actions span-6", template="office/cells/source_place.html")

    class Meta(ListTable.Meta):
        attrs = {"class": "office-list"}  # noqa: RUF012 the library's own form
        row_attrs = {"id": lambda record: f"source-{record.pk}"}  # noqa: RUF012

    def render_used(self, record: Any) -> str:
        return f"{record.used:,}"

    def words_place(self, record: Any) -> dict[str, Any]:
        return _place(self, record)


def _place(table: Any, record: Any) -> dict[str, Any]:
    """What moves a row of a list in its own order up and down."""
    number = table.numbers[record.pk]
    return {"up": number - 1, "down": number + 1, "first": number == 1, "last": number == table.count}


class TrailTable(ListTable):
    """Audit events as ``history`` reads them."""

    at = Column(gettext_lazy("Time"), by="at", then=("-pk",), css="nowrap span-3", largest_first=True)
    person = Column(gettext_lazy("Person"), by="actor_name", then=("-at", "-pk"), css="office-actor span-3")
    action = Column(gettext_lazy("Action"), by="action", then=("-at", "-pk"), css="card-title office-action")
    object = Column(gettext_lazy("Object"), by="object_name", then=("-at", "-pk"), css="office-object span-6")
    facts = Column(gettext_lazy("What changed"), css="wide span-6", template="office/cells/facts.html")

    class Meta(ListTable.Meta):
        attrs = {"class": "office-list office-trail"}  # noqa: RUF012 the library's own form

    def render_at(self, record: Any) -> str:
        return history.moment(record)

    def render_person(self, record: Any) -> str:
        return str(record.actor_name or _("the system"))

    def render_action(self, record: Any) -> str:
        return str(history.action_of(record.action))

    def render_object(self, record: Any) -> str:
        return str(record.object_name)

    def words_facts(self, record: Any) -> dict[str, Any]:
        return {"entry": history.entry(record)}


OFFICIAL: Final = tuple(F(name).asc(nulls_last=True) for name in IN_ORDER)
