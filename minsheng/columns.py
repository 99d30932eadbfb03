"""A column of the portal's dense tables (``components/data_table.html``)."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import F, Subquery
from django.db.models.expressions import Expression, OrderBy
from django.utils.functional import Promise


def _cell_context(record: Any, table: Any, bound_column: Any) -> dict[str, Any]:
    words_of = getattr(table, f"words_{bound_column.name}", None)
    return {"row": record} | (words_of(record) if words_of else {})


class Column(tables.TemplateColumn):  # type: ignore[misc] # published without types
    """A column: its cell is a template, with ``row`` and the table's ``words_<name>``, or what ``render_<name>`` gives.

    ``by``: what it is ordered by, ascending, equals by ``then``; without, it is not sortable. On a card, the cell has
    its heading as label.
    """

    empty_values = ()

    def __init__(
        self,
        heading: str | Promise,
        *,
        by: str | Expression | Subquery | None = None,
        then: Sequence[str] = ("pk",),
        css: str = "",
        largest_first: bool = False,
        template: str = "",
    ) -> None:
        super().__init__(
            template_code="" if template else "{{ value }}",
            template_name=template or None,
            extra_context=_cell_context,
            verbose_name=heading,
            orderable=by is not None,
            initial_sort_descending=largest_first,
            attrs={"cell": {"class": css}} if css else {},
        )
        self.by = F(by) if isinstance(by, str) else by
        self.then = tuple(then)
        self.labelled = not {"card-title", "card-hidden"} & set(css.split())

    def order(self, queryset: Any, is_descending: bool) -> tuple[Any, bool]:  # noqa: FBT001 the library's own
        """Rows without a value come last either way."""
        if self.by is None:
            return queryset, False
        by = OrderBy(self.by, descending=is_descending, nulls_last=True)
        return queryset.order_by(by, *self.then), True
