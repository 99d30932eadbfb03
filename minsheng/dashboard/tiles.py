"""The overview's tiles: figures a leader reads first, each with its list and its change against the month before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from funding.money import Amount, tile_amount
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.matrix import TONES, Matrix, every_from
from minsheng.dashboard.sums import Sums, sums_kept
from projects.filing import HAVE_FILED, HAVE_NOT_FILED, Filing
from projects.models import Light, MonthlyReport, SubItem
from projects.standing import Standpoint, State


@dataclass(frozen=True)
class Part:
    words: str
    url: str


@dataclass(frozen=True)
class Tile:
    """A figure, its name, and the list of exactly the sub-items it speaks of.

    ``change``: against the end of the month before, ``change_url`` what came and went. ``parts``: further figures,
    each with a list of its own.
    ``number``: the figure to reckon with, a count or yuan; nothing where it is undetermined.
    """

    label: str
    value: str
    url: str
    unit: str = ""
    note: str = ""
    tone: str = ""
    change: str = ""
    change_url: str = ""
    parts: Sequence[Part] = ()
    number: int | Decimal | None = None


def compared_with(matrix: Matrix) -> Standpoint | None:
    """The end of the month before, with which the figures are compared; none where either is not whole, since what has
    no figure yet would look like a change.
    """
    point = matrix.point
    if point.before is None or any(matrix.all_lights(period)[""] for period in (point.period, point.before)):
        return None
    return point.at(point.before)


def since_words(point: Standpoint) -> str:
    """The end of the month with which changes are compared: 8月底."""
    return _("end of %(month)s") % {"month": words.month_among(point)} if point.before else ""


def light_tiles(matrix: Matrix) -> list[Tile]:
    """All sub-items, then each light; in a month that is not whole also those that have no figure of it."""
    point, before = matrix.point, compared_with(matrix)
    now = matrix.all_lights(point.period)
    then = matrix.all_lights(before.period) if before else None
    tiles = [Tile(pgettext("how many", "Sub-items"), str(now.total()), list_from(point), number=now.total())]
    for light, word in words.LIGHTS.items():
        label = _("Complete") if light == Light.BLUE else str(word)
        change = "" if then is None else changed(now[light] - then[light], since_words(point))
        url = list_from(point, light=light)
        tone = TONES[light]  # type: ignore[index]
        moved = list_from(point, moved=light) if change else ""
        tiles.append(Tile(label, str(now[light]), url, tone=tone, change=change, change_url=moved, number=now[light]))
    if now[""]:
        tiles.append(Tile(_("No figure yet"), str(now[""]), list_from(point, light="none"), number=now[""]))
    return tiles


def changed(difference: int, since: str) -> str:
    """
    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     changed(2, "end of Aug"), changed(-1, "end of Aug"), changed(0, "end of Aug")
    ('+2 since end of Aug', '−1 since end of Aug', 'as at end of Aug')
    """
    if difference == 0:
        return _("as at %(since)s") % {"since": since}
    sign = "+" if difference > 0 else "−"
    return _("%(change)s since %(since)s") % {"change": f"{sign}{abs(difference)}", "since": since}


def money_tiles(matrix: Matrix) -> list[Tile]:
    """Planned, secured, spent; and how many sub-items have no planned amount."""
    point, now, compared = matrix.point, matrix.sums, compared_with(matrix)
    before = sums_kept(compared.period) if compared and compared.period else None
    planned = tile_amount(now.planned)
    tiles = [
        Tile(
            _("Planned money"),
            planned.figure,
            list_from(point, money="planned"),
            unit=planned.unit,
            note=_planned_note(matrix, now),
            tone="money",
            number=now.planned,
        )
    ]
    for label, name in ((_("Secured"), "secured"), (_("Spent"), "spent")):
        amount: Decimal | None = getattr(now, name)
        shown = Amount(words.NOTHING, "") if amount is None else tile_amount(amount)
        tiles.append(
            Tile(
                label,
                shown.figure,
                list_from(point, money=name),
                unit=shown.unit,
                note=_of_planned(amount, now.planned),
                tone="money",
                change=_money_change(amount, before[name], since_words(point)) if before else "",
                number=amount,
            )
        )
    if now.undetermined:
        url = list_from(point, money="undetermined")
        unit = ngettext("item", "items", now.undetermined)
        tiles.append(Tile(_("Money undetermined"), str(now.undetermined), url, unit=unit, number=now.undetermined))
    return tiles


def _planned_note(matrix: Matrix, now: Sums) -> str:
    if matrix.all_lights(matrix.point.period)[""]:
        return _("only of figures kept so far")
    return _("includes approximate amounts") if now.approx else ""


def _of_planned(amount: Decimal | None, planned: Decimal | None) -> str:
    if amount is None or not planned:
        return ""
    return pgettext("tile", "%(percent)s of the plan") % {"percent": words.percent(amount / planned * 100)}


def _money_change(amount: Decimal | None, before: Decimal | None, since: str) -> str:
    if amount is None or before is None:
        return ""
    difference = amount - before
    if difference == 0:
        return _("as at %(since)s") % {"since": since}
    shown = tile_amount(abs(difference))
    sign = "+" if difference > 0 else "−"
    figure = pgettext("amount", "%(figure)s %(unit)s") % shown._asdict()
    return _("%(change)s since %(since)s") % {"change": f"{sign}{figure}", "since": since}


def filing_tiles(matrix: Matrix) -> list[Tile]:
    """Filed of expected, not filed, waiting for approval, in the period whose filing is shown."""
    point = matrix.point
    if point.filing is None:
        return []
    found = matrix.all_filing(point.period)
    filed = sum(found[state] for state in HAVE_FILED)
    owing = sum(found[state] for state in HAVE_NOT_FILED)
    late = _("%(count)d late") % {"count": found[Filing.LATE]}
    returned = pgettext("filing", "%(count)d returned") % {"count": found[Filing.RETURNED]}
    pending = _pending(point)
    return [
        Tile(
            _("Filed for %(month)s") % {"month": point.filing},
            str(filed),
            list_from(point, filing="filed"),
            number=filed,
            parts=[
                Part(_("of %(expected)d expected") % {"expected": filed + owing}, list_from(point, filing="expected")),
                *([Part(late, list_from(point, filing=Filing.LATE))] if found[Filing.LATE] else []),
            ],
        ),
        Tile(
            _("Not filed"),
            str(owing),
            list_from(point, filing="unfiled"),
            number=owing,
            note=_("due %(day)s") % {"day": date_format(point.filing.due_on, "MONTH_DAY_FORMAT")},
            parts=[Part(returned, list_from(point, filing=Filing.RETURNED))] if found[Filing.RETURNED] else [],
        ),
        Tile(_("Waiting for approval"), str(pending), list_from(point, filing="pending"), number=pending),
    ]


def _pending(point: Standpoint) -> int:
    """Sub-items with a report that waits for approval: a count apart, since few reports do."""
    waiting = MonthlyReport.objects.filter(period__programme=point.programme, state=State.SUBMITTED).order_by()
    if point.period is None:
        waiting = waiting.exclude(sub_item__status=SubItem.Status.WITHDRAWN)
    else:
        waiting = waiting.filter(period=point.period, sub_item__in=every_from(point).values("pk"))
    return int(waiting.aggregate(count=Count("sub_item", distinct=True))["count"])
