"""Money by source: planned, secured and spent, and what no source accounts for; its columns add up to the sums."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.models import FundingSource
from funding.money import FEN, add, show_stage, show_wan, wan_from_yuan
from funding.sources import by_source
from minsheng.charts import Bars, Category, Point, Series
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.filters import UNASSIGNED, month_of
from minsheng.dashboard.matrix import every_from
from minsheng.dashboard.sums import Sums
from minsheng.dashboard.tiles import Part
from projects.services.figures import Amounts
from projects.standing import Standpoint

STAGES: Final = {
    "planned": gettext_lazy("Planned"),
    "secured": gettext_lazy("Secured"),
    "spent": gettext_lazy("Spent"),
}


@dataclass(frozen=True)
class Sources:
    """The chart with its table; ``over``: by how much the lines promise more than is planned, which no bar can show."""

    chart: Bars
    over: Part | None


def sources_of(point: Standpoint, sums: Sums) -> Sources | None:
    """Three queries. Of a month only what has a figure of it, since only that counts in the sums."""
    every = every_from(point, *(["light"] if point.period else []))
    if point.period:
        every = every.filter(~Q(stood_light=""))
    money = by_source(every, programme=point.programme, until=month_of(point))
    if not money:
        return None
    rest = {stage: _rest(getattr(sums, stage), [getattr(one, stage) for one in money.values()]) for stage in STAGES}
    rest_url = list_from(point, source=UNASSIGNED)
    over = rest["planned"] if rest["planned"] and rest["planned"] < 0 else None
    return Sources(
        chart=_chart(point, money, rest, sums),
        over=Part(_over_words(over), rest_url) if over else None,
    )


def _rest(total: Decimal | None, parts: list[Decimal | None]) -> Decimal | None:
    """What is not assigned to a source (未分来源); nothing where all of it is."""
    rest = ((total or Decimal(0)) - (add(parts) or Decimal(0))).quantize(FEN)
    return rest or None


def _over_words(over: Decimal) -> str:
    return _("The sources together say %(amount)s × 10,000 yuan more than is planned.") % {"amount": show_wan(-over)}


def _chart(point: Standpoint, money: dict[int, Amounts], rest: dict[str, Decimal | None], sums: Sums) -> Bars:
    sources = list(FundingSource.objects.filter(pk__in=money))
    categories = [Category(str(source), list_from(point, source=source.pk)) for source in sources]
    left = [amount for amount in rest.values() if amount]
    if left:
        url = list_from(point, source=UNASSIGNED)
        categories.append(Category(_("not assigned to a source"), url, drawn=min(left) >= 0))
    return Bars(
        id="money-by-source",
        caption=_("Money by source"),
        label=_("Funding source"),
        categories=categories,
        series=[
            Series(
                str(label),
                [
                    *(
                        _point(getattr(money[source.pk], stage), _share_of(stage, money[source.pk]), one.url)
                        for source, one in zip(sources, categories, strict=False)
                    ),
                    *([_rest_point(rest[stage], categories[-1].url)] if left else []),
                ],
            )
            for stage, label in STAGES.items()
        ],
        unit=_("10,000 yuan"),
        totals=[_point(getattr(sums, stage), None, list_from(point, money=stage)) for stage in STAGES],
    )


def _share_of(stage: str, of_source: Amounts) -> Decimal | None:
    return None if stage == "planned" else of_source.planned


def _point(amount: Decimal | None, planned: Decimal | None, url: str) -> Point:
    if amount is None:
        return Point(None, text=show_stage(None))
    text = show_wan(amount)
    if planned:
        text = _("%(amount)s (%(share)s)") % {"amount": text, "share": words.percent(amount / planned * 100)}
    return Point(wan_from_yuan(amount), text=text, url=url)


def _rest_point(amount: Decimal | None, url: str) -> Point:
    return Point(wan_from_yuan(amount), text=show_wan(amount), url=url) if amount else Point(None)
