"""What a person says of the rows of an update: which sub-item each is."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from departments.errors import DomainError
from minsheng.task_table.again import matching
from minsheng.task_table.again.base import Base, sent
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.compared import Comparison, Row
from minsheng.task_table.again.present import Present
from minsheng.task_table.again.said import place
from minsheng.task_table.gone import missing, with_choice
from minsheng.task_table.others import Other, said_otherwise
from minsheng.task_table.parsers.text import key

MOST_OFFERED: Final = 300  # sub-items in one list to choose from
Options = list[tuple[Any, Any]]


class MatchForm(forms.Form):
    """Row by row which sub-item it is. A likely proposal stands there already; that it is right a person says.

    Those that only ``moved`` are many, and taken with one tick. ``base`` is what the page showed: of what is sent only
    those rows are spoken of, however the page would be drawn now.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        found: Comparison,
        rows: Sequence[Row],
        moved: Sequence[tuple[Row, Present]] = (),
        words: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"version": found.update.batch.version}
        super().__init__(*args, **kwargs)
        self.found, self.moved = found, moved
        self.opened = Base.read(self.data.get("base")) if self.is_bound else None
        if moved:
            self.fields["moved_taken"] = forms.BooleanField(
                label=_("I have looked at them: each is the sub-item named beside it"), required=False
            )
        sure = set(found.matching.sure.values())
        self._free: Options = [(pk, _item(one)) for pk, one in found.items.items() if pk not in sure]
        self.is_long = len(self._free) > MOST_OFFERED
        self._wanted = self._with(words)[:MOST_OFFERED]
        self.rows = [row for row in self._spoken_of(rows) if row.number not in found.matching.sure]
        for row in self.rows:
            name = f"row-{row.number}"
            self.fields[name] = forms.TypedChoiceField(
                label=_("is"), choices=self._options(row), coerce=int, empty_value=None, required=False
            )
            self.initial[name] = self._first(row)
        self.initial["base"] = self.shown().dump()

    def _spoken_of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that the page held, where it tells."""
        if self.opened is None:
            return rows
        every = {row.number: row for row in [*rows, *self.found.rows]}
        return [row for row in every.values() if f"{MATCH}-{row.number}" in self.opened.fields]

    def shown(self) -> Base:
        """What its page shows, where nothing of it was sent yet."""
        decided, fields = self.found.matching.decided, {}
        for row in self.rows:
            first = self._first(row)
            fields[f"{MATCH}-{row.number}"] = [decided.get(row.number), None if first == "" else first]
        moved = {str(row.number): one.sub_item.pk for row, one in self.moved}
        return Base(self.found.update.programme_id, fields, moved=moved)

    def _options(self, row: Row) -> Options:
        matched, items = self.found.matching, self.found.items
        near: Options = [
            (one.item, f"{_item(items[one.item])} ({one.percent}%)") for one in matched.proposed.get(row.number, ())
        ]
        there = {item for item, _label in near}
        rest = [(pk, label) for pk, label in self._wanted if pk not in there]
        chosen = str(self.data.get(f"row-{row.number}", "")) if self.is_bound else ""
        for pk, label in self._free:  # what was said or chosen is among them, whatever the list is narrowed to
            if (pk == matched.decided.get(row.number) or str(pk) == chosen) and pk not in there | dict(rest).keys():
                rest.append((pk, label))
        options: Options = [("", _("— choose —")), (matching.NEW, _("a new sub-item"))]
        if near:
            options.append((_("Proposals"), near))
        if rest:
            options.append((_("Other sub-items"), rest))
        return options

    def _with(self, words: str) -> Options:
        """Those whose name or content has the words."""
        if not words:
            return self._free
        items = self.found.items
        return [(pk, label) for pk, label in self._free if key(words) in key(f"{label}{items[pk].sub_item.content}")]

    def _first(self, row: Row) -> int | str:
        matched = self.found.matching
        if row.number in matched.decided:
            return matched.decided[row.number]
        if best := matched.best.get(row.number):
            return best.item if best.score >= matching.LIKELY else ""
        near = matched.proposed.get(row.number, ())
        return "" if any(one.score >= matching.LIKELY for one in near) else matching.NEW

    def matches(self) -> dict[int, int | None]:
        """Which sub-item each row is that the page held; those that only moved, as they were named beside it."""
        data = self.cleaned_data
        said: dict[int, int | None] = {}
        if self.opened is not None and self.data.get("moved_taken"):
            said = {int(row): pk for row, pk in self.opened.moved.items()}
        elif data.get("moved_taken"):
            said = {row.number: one.sub_item.pk for row, one in self.moved}
        return said | {int(name.partition("-")[2]): data[name] for name in self.fields if name.startswith("row-")}

    def gone(self) -> DomainError | None:
        """Why a row that the page held, and something is said of, is no sub-item's any more, with what was chosen."""
        if self.opened is None:
            return None
        held = {place(name)[0] for name in self.opened.fields if name.startswith(f"{MATCH}-")}
        chosen = {row: self.data[name] for row in held if row is not None and self.data.get(name := f"row-{row}")}
        if self.data.get("moved_taken"):
            chosen |= {int(row): str(pk) for row, pk in self.opened.moved.items()}
        found = missing(self.found.update.batch, chosen.keys() - {row.number for row in self.rows})
        if found is None:
            return None
        row, why = found
        return with_choice(why, [self.words(int(chosen[row])) if chosen[row].lstrip("-").isdecimal() else ""])

    def asked(self, clashes: Sequence[Other]) -> "MatchForm":
        """This form, opened anew, with what was chosen where another one chose otherwise; both stand beside it."""
        data = sent(self)
        for one in clashes:
            row, _part = place(one.name)
            data[f"row-{row}"] = "" if one.mine is None else str(one.mine)
        again = MatchForm(data, found=self.found, rows=self.rows, moved=self.moved)
        again.is_valid()
        for one in clashes:
            name = f"row-{place(one.name)[0]}"
            text = said_otherwise(one, self.words(one.theirs), self.words(one.mine))
            again.add_error(name if name in again.fields else None, text)
        return again

    def words(self, item: int | None) -> str:
        if item is None:
            return _("still open")
        return _item(self.found.items[item]) if item in self.found.items else _("a new sub-item")


def _item(one: Present) -> str:
    item = one.sub_item
    state = f" ({item.get_status_display()})" if item.status != item.Status.ACTIVE else ""
    return f"{item}{state}"
