"""Steps of a report as tests take them, through the services."""

from datetime import date, datetime
from decimal import Decimal

from departments import clock
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.filing.contribute import desk_of
from minsheng.review import services as review
from projects.models import MonthlyReport, SubItem

# What whoever is behind says besides the reason.
MEASURE = {"factor": "coordination", "measure": "倒排工期。", "measure_by": date(2023, 10, 31)}


def sheet(world, period=None):
    sub_item = SubItem.objects.select_related("programme__jurisdiction").get(pk=world.sub_item.pk)
    return filing.sheet_of(sub_item, period or world.september)


def content(world, percent="75", *, reached="300", secured="2000000", spent="1000000", **text):
    """With a ``reason`` comes what is done about it."""
    text = (MEASURE if text.get("reason") else {}) | text
    return Content(
        percent=Decimal(percent),
        progress=text.pop("progress", "本月完成主体施工。"),
        targets={world.target.pk: Decimal(reached)},
        money={world.line.pk: LineReading(None, Decimal(secured), Decimal(spent))},
        **text,
    )


def draft(world, what=None, *, by=None, period=None, seen_version=None, opened=None):
    here = sheet(world, period)
    version = here.report.version if here.report else 0
    return drafts.save_draft(
        here,
        what or content(world),
        by=by or world.clerk,
        seen_version=version if seen_version is None else seen_version,
        opened=opened,
    ).report


def desk(world, unit, period=None):
    sub_item = SubItem.objects.select_related("programme__jurisdiction").get(pk=world.sub_item.pk)
    return desk_of(sub_item, period or world.september, unit)


def contribute(world, street, text="已完成入户。", share="20", *, money=None, submit=True, period=None):
    """What a unit and its clerk (``street``) say to a month, drafted and, unless told otherwise, submitted."""
    unit, clerk = street
    here = desk(world, unit, period)
    said = Content(
        progress=text,
        targets={world.target.pk: None if share is None else Decimal(share)},
        money=money or here.present.money,
    )
    kept = contributing.save(here, said, by=clerk, seen_version=here.contribution.version if here.contribution else 0)
    return contributing.submit(here, by=clerk) if submit else kept.contribution


def submitted(world, what=None, *, period=None):
    draft(world, what, period=period)
    return filing.submit(sheet(world, period), by=world.clerk)


def approved(world, what=None, *, period=None):
    report = submitted(world, what, period=period)
    review.approve(report, by=world.office)
    return MonthlyReport.objects.get(pk=report.pk)


def approved_in_august(world):
    """68 % in August, a little ahead; 200 of the target; 2,000,000 secured, 1,000,000 spent."""
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        return approved(world, content(world, "68", reached="200"), period=world.august)
