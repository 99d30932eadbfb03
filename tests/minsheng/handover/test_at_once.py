"""A hand-over while the old unit files, or while another hand-over is decided: the month has one owner."""

import pytest

from minsheng.filing import drafts
from minsheng.filing import services as filing
from projects.models import MonthlyReport, Responsibility, SubItemRevision
from tests.minsheng.handover.test_services import SEPTEMBER, goes_to
from tests.minsheng.handover.test_services import new as new  # noqa: PLC0414 a fixture
from tests.minsheng.life import content, draft, sheet
from tests.minsheng.pairs import CONFLICT, DONE, MANY, REFUSED, Pair, again, report

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State


@pytest.fixture
def both():
    with Pair() as pair:
        yield pair


def back(world, new):
    """As before the hand-over."""
    Responsibility.objects.filter(department=new).delete()
    Responsibility.objects.filter(department=world.unit).update(until=None)
    SubItemRevision.objects.all().delete()


def test_a_hand_over_and_the_old_units_draft(world, new, both):
    """Either the draft goes along, or it came too late; nothing is written in the name of the wrong unit."""
    for number in range(MANY):
        back(world, new)
        MonthlyReport.objects.all().delete()
        page, typed = sheet(world), content(world, problems=f"{number}。")
        ends = both(
            lambda: goes_to(world, new, SEPTEMBER),
            lambda: drafts.save_draft(page, typed, by=world.clerk, seen_version=0),
        )
        assert ends in ([DONE, DONE], [DONE, CONFLICT])
        assert [one.department for one in MonthlyReport.objects.all()] == [new] * (ends[1] == DONE)


def test_a_hand_over_and_the_old_units_submission(world, new, both):
    """Either the month was submitted, and stays with its unit; or it went over, and the new one submits it."""
    draft(world)
    for _ in range(MANY):
        back(world, new)
        again(State.DRAFT, department=world.unit, department_name=world.unit.full_name)
        page = sheet(world)  # on which the right to submit was found
        ends = both(lambda: goes_to(world, new, SEPTEMBER), lambda: filing.submit(page, by=world.clerk))
        assert ends in ([DONE, CONFLICT], [REFUSED, DONE])
        assert (report().department, report().state) == (
            (new, State.DRAFT) if ends[0] == DONE else (world.unit, State.SUBMITTED)
        )


def test_two_hand_overs(world, new, both):
    for _ in range(MANY):
        back(world, new)
        ends = both(*[lambda: goes_to(world, new, SEPTEMBER)] * 2)
        assert DONE in ends
        assert sorted(ends) in ([CONFLICT, DONE], [DONE, REFUSED])
        assert Responsibility.objects.current().get(sub_item=world.sub_item, files=True).department == new
        assert SubItemRevision.objects.count() == 1
