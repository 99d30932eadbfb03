"""A process of the portal's own: files the sub-items it is given, or says what the database holds (``check``).

Run by ``test_processes.py`` with the portal's settings over a database in a file: ``-m tests.minsheng.filing.process``.
"""

import json
import sys
from decimal import Decimal

import django

django.setup()

from departments.errors import DomainError  # noqa: E402 the portal is ready only now
from departments.models import User  # noqa: E402
from funding.services.readings import LineReading  # noqa: E402
from minsheng.filing import drafts  # noqa: E402
from minsheng.filing import services as filing  # noqa: E402
from minsheng.filing.content import Content  # noqa: E402
from projects.models import MonthlyReport, ReportingPeriod, SubItem  # noqa: E402


def sheet_of(key, period):
    return filing.sheet_of(SubItem.objects.select_related("programme__jurisdiction").get(pk=key), period)


def file(key, period, clerk):
    """The text whose submission was acknowledged, or why it was refused."""
    sheet, text = sheet_of(key, period), f"子项{key}，{clerk}。"
    typed = Content(
        percent=Decimal(75),
        progress=text,
        targets={target.pk: Decimal(300) for target in sheet.targets},
        money={line.pk: LineReading(None, Decimal(2_000_000), Decimal(1_000_000)) for line in sheet.lines},
    )
    try:
        drafts.save_draft(sheet, typed, by=clerk, seen_version=0)
        filing.submit(sheet_of(key, period), by=clerk)
    except DomainError as error:
        return {"refused": f"{error}"}
    return {"text": text}


def file_all(period, clerk, *keys):
    """Once all processes are ready, and the test says so."""
    period, clerk = ReportingPeriod.objects.get(pk=period), User.objects.get(pk=clerk)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    return {key: file(int(key), period, clerk) for key in keys}


def check(period):
    reports = MonthlyReport.objects.filter(period=period).prefetch_related("events", "target_readings")
    return {
        report.sub_item_id: {
            "state": report.state,
            "text": report.progress,
            "events": [event.to_state for event in report.events.all()],
            "reached": [f"{one.value:f}" for one in report.target_readings.all()],
        }
        for report in reports
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps((check if sys.argv[1] == "check" else file_all)(*sys.argv[2:])))
