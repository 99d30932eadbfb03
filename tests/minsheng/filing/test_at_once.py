"""Two of a unit at the same moment, or one of another beside them: nothing is lost, nothing is done twice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from departments.permissions import FILE_REPORT
from funding.models import FundingLine, LineAssignment
from funding.services import assignments
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.settled import present_of
from projects.models import Contribution, ContributionVersion, MonthlyReport, ReportEvent
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import content, contribute, desk, draft, sheet
from tests.minsheng.pairs import CONFLICT, DONE, MANY, REFUSED, Pair, again, report, steps

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State


@pytest.fixture
def both():
    with Pair() as pair:
        yield pair


@pytest.fixture
def colleague(world):
    return UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT]})


def test_two_submit(world, both, colleague):
    draft(world)
    for _ in range(MANY):
        again(State.DRAFT)
        ends = both(*(lambda by=by: filing.submit(sheet(world), by=by) for by in (world.clerk, colleague)))
        assert sorted(ends) == [DONE, REFUSED]
        assert steps() == [State.SUBMITTED]


def test_submission_and_a_colleagues_draft(world, both, colleague):
    """Either the draft came first, and what is submitted holds it; or it is refused, and nothing of it stands."""
    draft(world)
    for number in range(MANY):
        again(State.DRAFT, problems="")
        text = f"第{number}次。"
        ends = both(
            lambda: filing.submit(sheet(world), by=world.clerk),
            lambda: draft(world, content(world, problems=text), by=colleague),
        )
        assert ends in ([DONE, DONE], [DONE, REFUSED])
        kept = text if ends[1] == DONE else ""
        assert (report().problems, ReportEvent.objects.get().snapshot["problems"]) == (kept, kept)


def test_two_first_drafts(world, both, colleague):
    for number in range(MANY):
        MonthlyReport.objects.all().delete()
        typed = [f"{number}甲。", f"{number}乙。"]
        ends = both(
            *(
                lambda by=by, text=text: draft(world, content(world, problems=text), by=by, seen_version=0)
                for by, text in zip((world.clerk, colleague), typed, strict=True)
            )
        )
        assert sorted(ends) == [CONFLICT, DONE]
        assert (report().problems, report().version) == (typed[ends.index(DONE)], 1)


def test_two_save_the_same_field(world, both, colleague):
    draft(world, content(world))
    for number in range(MANY):
        base = base_of(content_of(report()))
        typed, version = [f"{number}甲。", f"{number}乙。"], report().version
        ends = both(
            *(
                lambda by=by, text=text: draft(world, content(world, problems=text), by=by, opened=Opened(base))
                for by, text in zip((world.clerk, colleague), typed, strict=True)
            )
        )
        assert sorted(ends) == [CONFLICT, DONE]
        assert (report().problems, report().version) == (typed[ends.index(DONE)], version + 1)


def test_two_save_different_fields(world, both, colleague):
    draft(world, content(world))
    for number in range(MANY):
        now = content_of(report())
        base, texts = base_of(now), (f"{number}甲。", f"{number}乙。")
        ends = both(
            lambda: draft(world, replace(now, problems=texts[0]), by=world.clerk, opened=Opened(base)),
            lambda: draft(world, replace(now, next_steps=texts[1]), by=colleague, opened=Opened(base)),
        )
        assert ends == [DONE, DONE]
        assert (report().problems, report().next_steps) == texts


def test_two_units_contribute_while_the_third_saves(world):
    units = [DepartmentFactory(jurisdiction=world.jurisdiction) for _ in range(2)]
    for unit in units:
        ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist")
    streets = [(unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})) for unit in units]
    draft(world)
    with Pair(3) as three:
        for number in range(MANY):
            ends = three(
                lambda: draft(world, content(world, problems=f"{number}。")),
                *(
                    lambda street=street: contribute(world, street, f"第{number}次。", str(number))
                    for street in streets
                ),
            )
            assert ends == [DONE] * 3
            assert report().problems == f"{number}。"
            found = Contribution.objects.order_by("department").prefetch_related("readings", "versions")
            assert [(one.text, one.readings.get().value, one.versions.count()) for one in found] == [
                (f"第{number}次。", number, number + 1)
            ] * 2


def test_a_contribution_and_the_submission_of_the_report(world, both):
    """Either the submission holds what was contributed, or the unit is told that it came too late."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist")
    street = unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})
    draft(world)
    for number in range(MANY):
        again(State.DRAFT)
        ends = both(
            lambda: filing.submit(sheet(world), by=world.clerk), lambda: contribute(world, street, f"第{number}次。")
        )
        assert ends in ([DONE, DONE], [DONE, REFUSED])
        newest = ContributionVersion.objects.order_by("number").last()
        if ends[1] == DONE:
            assert newest.snapshot["progress"] == f"第{number}次。"
            assert f"第{number}次。" in str(ReportEvent.objects.get().snapshot["contributions"])


def test_two_people_of_a_unit_contribute(world, both):
    """Opened alike: one text stands, the other one is told, and each version is whole."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist")
    clerks = [UserFactory(department=unit, grants={unit: [FILE_REPORT]}) for _ in range(2)]
    for number in range(MANY):
        here = desk(world, unit)
        opened, version = Opened(base_of(here.present)), here.contribution.version if here.contribution else 0

        def step(by, here=here, opened=opened, version=version, number=number):
            said = replace(here.present, progress=f"{by}{number}")
            contributing.save(here, said, by=by, seen_version=version, opened=opened)
            contributing.submit(here, by=by)

        ends = both(*(lambda by=by: step(by) for by in clerks))
        assert sorted(ends) == [CONFLICT, DONE]
        winner = clerks[ends.index(DONE)]
        newest = ContributionVersion.objects.latest("number")
        assert (newest.number, newest.snapshot["progress"], newest.author) == (number + 1, f"{winner}{number}", winner)


def test_a_line_is_assigned_while_its_figure_is_typed(world, both):
    """Either the figure was written first and stays beneath, or the form is refused; it never counts unseen."""
    finance = DepartmentFactory(jurisdiction=world.jurisdiction)
    draft(world)
    for number in range(1, MANY + 1):
        LineAssignment.objects.all().delete()
        here = sheet(world)
        now = present_of(here)
        typed = replace(now, money={world.line.pk: LineReading(None, Decimal(number), Decimal(0))})
        ends = both(
            lambda here=here, now=now, typed=typed: drafts.save_draft(
                here, typed, by=world.clerk, seen_version=here.report.version, opened=Opened(base_of(now))
            ),
            lambda: assignments.assign(
                FundingLine.objects.get(), finance, by=world.office, seen=None, month=world.september.month
            ),
        )
        assert ends[1] == DONE
        assert ends[0] in (DONE, CONFLICT)
        kept = report().funding_readings.get().secured
        assert (kept == number) == (ends[0] == DONE)
        assert present_of(sheet(world)).money == {world.line.pk: LineReading()}  # nobody has read it: as last submitted
