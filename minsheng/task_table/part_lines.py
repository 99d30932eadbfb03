"""The lines of a part (money, targets, units …): from what is kept into forms, and back as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from funding.models import FundingSource, FundingTotal
from minsheng.task_table.compose import SOURCE_CODES
from minsheng.task_table.line_forms import DeliverableForm, ExtraForm, LineForm, TargetForm, TotalForm, UnitForm
from minsheng.task_table.match import Match, Resolver
from minsheng.task_table.parsers.text import key
from projects.rules.responsible import ASSIST, LEAD

if TYPE_CHECKING:
    from minsheng.task_table.part_forms import PartForm

LINES: Final = 60  # of money or targets of one row, where the table does not name more
MOST_LINES: Final = 1000  # that are taken from a form at all


def _money(part: PartForm) -> None:
    sources = list(FundingSource.objects.order_by("pk").values_list("code", "name"))
    read, values = part.row.reading, part.values_shown
    lines = [
        {
            "origin": _origin(line, read["funding"]),
            "source": SOURCE_CODES.get(line["source"], line["source"]),
            "amount": _decimal(line["amount_wan"]),
            "approx": line["approx"],
            "stage": line["stage"] or "planned",
            "use": line["use"],
            "year": line["reference_year"],
            "rate": _decimal(line["rate"][0]) if line["rate"] else None,
            "per": line["rate"][1] if line["rate"] else "",
            "share": _percent(line["share"]),
            "text": line["text"],
        }
        for line in values["funding"]
    ]
    totals = [
        {
            "origin": _origin(total, read["funding_totals"]),
            "kind": total["kind"],
            "amount": _decimal(total["amount_wan"]),
            "approx": total["approx"],
            "year": total["reference_year"],
        }
        for total in values["funding_totals"]
    ]
    part.add(_("Amounts by source"), LineForm, "line", lines, 2)
    for form in part.sets[-1].forms.forms:
        form.fields["source"].choices = [("", _("— choose —")), *sources]
    part.add(_("Totals that the table states"), TotalForm, "total", totals, 1)
    # A blank line that nobody touched is no line: what its lists begin with is no change.
    for form in part.sets[0].forms.extra_forms:
        form.fields["stage"].initial = "planned"
    for form in part.sets[1].forms.extra_forms:
        form.fields["kind"].initial = FundingTotal.Kind.TOTAL_INVESTMENT


def _deliverables(part: PartForm) -> None:
    part.add(_("Deliverables"), DeliverableForm, "part", part.values_shown["deliverables"], 2)


def _targets(part: PartForm) -> None:
    initial = [
        {
            **target,
            "quantity": _decimal(target["quantity"]),
            "maximum": _decimal(target["maximum"]),
            "bound": target["bound"] or "",
            "deliverable": target["deliverable"] or "",
        }
        for target in part.values_shown["targets"]
    ]
    part.add(_("Targets"), TargetForm, "target", initial, 2)
    for form in part.sets[-1].forms.extra_forms:
        form.fields["core"].initial = True


def _extra(part: PartForm) -> None:
    columns = [{"name": name, "text": text} for name, text in part.values_shown["extra"].items()]
    part.add(_("Other columns"), ExtraForm, "extra", columns, 1)


def _units(part: PartForm) -> None:
    for role, title in ((LEAD, _("Lead units")), (ASSIST, _("Assisting units"))):
        names = part.values_shown["units"].get(role.value, [])
        initial = [{"order": place, "name": match["written"]} for place, match in enumerate(names, start=1)]
        part.add(title, UnitForm, role.value, initial, 2)


def _money_values(part: PartForm) -> dict[str, Any]:
    read = part.row.reading
    lines = []
    for data in part.lines(0):
        origin = _of_origin(data["origin"], read["funding"])
        same = origin and SOURCE_CODES.get(origin["source"], origin["source"]) == data["source"]
        rate = [_text(data["rate"]), data["per"]] if data["rate"] is not None else None
        stage = data["stage"]
        lines.append(
            {
                "source": origin["source"] if origin and same else data["source"],
                "amount_wan": _as_read(data["amount"], origin, "amount_wan"),
                "approx": data["approx"],
                "stage": origin["stage"] if origin and (origin["stage"] or "planned") == stage else stage,
                "text": origin["text"] if origin and key(origin["text"]) == key(data["text"]) else data["text"],
                "use": data["use"],
                "reference_year": data["year"],
                "rate": origin["rate"] if origin and _same_rate(origin["rate"], rate) else rate,
                "share": _share(data["share"], origin),
            }
        )
    totals = []
    for data in part.lines(1):
        origin = _of_origin(data["origin"], read["funding_totals"])
        totals.append(
            {
                "kind": data["kind"],
                "amount_wan": _as_read(data["amount"], origin, "amount_wan"),
                "approx": data["approx"],
                "text": origin["text"] if origin else "",
                "reference_year": data["year"],
            }
        )
    return {"funding": lines, "funding_totals": totals}


def _deliverable_values(part: PartForm) -> dict[str, Any]:
    return {"deliverables": [{"marker": data["marker"], "text": data["text"]} for data in part.lines(0)]}


def _target_values(part: PartForm) -> dict[str, Any]:
    read = {target["text"]: target for target in part.row.reading["targets"]}
    return {
        "targets": [
            {
                "text": data["text"],
                "quantity": _as_read(data["quantity"], read.get(data["text"]), "quantity"),
                "unit": data["unit"],
                "approx": data["approx"],
                "bound": data["bound"] or None,
                "maximum": _as_read(data["maximum"], read.get(data["text"]), "maximum")
                if data["bound"] == "range"
                else None,
                "per": data["per"],
                "core": data["core"],
                "deliverable": data["deliverable"] or None,
            }
            for data in part.lines(0)
        ]
    }


def _extra_values(part: PartForm) -> dict[str, Any]:
    return {"extra": {data["name"]: data["text"] for data in part.lines(0)}}


def _unit_values(part: PartForm) -> dict[str, Any]:
    """Names in their order, each once; one that stood there before means what it meant."""
    stood = {match["written"]: match for names in part.values_shown["units"].values() for match in names}
    units: dict[str, list[dict[str, Any]]] = {}
    for place, role in enumerate((LEAD, ASSIST)):
        lines = enumerate(part.lines(place))
        ordered = sorted(lines, key=lambda pair: (pair[1]["order"] or MOST_LINES + pair[0], pair[0]))
        names = dict.fromkeys(data["name"].strip() for _place, data in ordered)
        units[role.value] = [stood.get(name) or _match(part.resolver, name) for name in names]
    written = {role: [match["written"] for match in names] for role, names in units.items()}
    return {"lead_units": written[LEAD.value], "assisting_units": written[ASSIST.value], "units": units}


def _match(resolver: Resolver, name: str) -> dict[str, Any]:
    found: Match = resolver.match(name)
    data = found.dump()
    return {**data, "kind": found.kind.value, "units": list(found.units), "near": list(found.near)}


def _origin(line: Mapping[str, Any], read: Iterable[Mapping[str, Any]]) -> int | None:
    """Which line of the reading a line comes from, by the text it was read from."""
    mine = (line["text"], line.get("source"), line.get("kind"))
    theirs = ((one["text"], one.get("source"), one.get("kind")) for one in read)
    return next((place for place, one in enumerate(theirs) if one == mine and one[0]), None)


def _of_origin(place: int | None, read: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return read[place] if place is not None and place < len(read) else None


def _percent(share: str | None) -> Decimal | None:
    return Decimal(_text(Decimal(share) * 100)) if share is not None else None


def _share(percent: Decimal | None, origin: Mapping[str, Any] | None) -> str | None:
    """A share of one; as it was read where it is the same."""
    if percent is None:
        return None
    if origin and _percent(origin["share"]) == percent:
        return str(origin["share"])
    return _text(percent / 100)


def _same_rate(read: Sequence[Any] | None, typed: Sequence[Any] | None) -> bool:
    if not read or not typed:
        return not read and not typed
    return Decimal(read[0]) == Decimal(typed[0]) and read[1] == typed[1]


def _as_read(value: Decimal | None, read: Mapping[str, Any] | None, name: str) -> str | None:
    """The figure as it is kept; as it was read where it is the same."""
    if value is None:
        return None
    if read and read[name] is not None and Decimal(read[name]) == value:
        return str(read[name])
    return _text(value)


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _decimal(value: str | None) -> Decimal | None:
    return Decimal(_text(Decimal(value))) if value is not None else None


SETS: Final[Mapping[str, Callable[[PartForm], None]]] = {
    "money": _money,
    "deliverables": _deliverables,
    "targets": _targets,
    "units": _units,
    "extra": _extra,
}
VALUES: Final[Mapping[str, Callable[[PartForm], dict[str, Any]]]] = {
    "extra": _extra_values,
    "money": _money_values,
    "deliverables": _deliverable_values,
    "targets": _target_values,
    "units": _unit_values,
}
