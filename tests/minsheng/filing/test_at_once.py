"""Two of a unit at the same moment, or one of another beside them: nothing is lost, nothing is done twice."""

from dataclasses import replace

import pytest

from departments.permissions import FILE_REPORT
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.filing.merge import Opened, base_of
from projects.models import Contribution, ContributionVersion, MonthlyReport, ReportEvent
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import content, contribute, draft, sheet
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
