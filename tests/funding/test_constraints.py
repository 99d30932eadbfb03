"""What the database refuses about money: each constraint shown by breaking it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tests.factories.funding import FundingLineFactory, FundingReadingFactory, FundingSourceFactory, FundingTotalFactory

pytestmark = pytest.mark.django_db


def refused(name, make):
    """``make`` is refused, and by the constraint ``name`` (SQLite names only its checks)."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    said = str(refusal.value)
    assert name in said or "UNIQUE" in said


@pytest.mark.parametrize("field", ["planned", "applied", "secured", "spent", "rate"])
def test_a_lines_amounts_are_not_negative(field):
    refused("funding_line_not_negative", lambda: FundingLineFactory(**{field: Decimal("-0.01")}))
    FundingLineFactory(**{field: None})


@pytest.mark.parametrize("field", ["applied", "secured", "spent"])
def test_readings_are_not_negative(field):
    refused("funding_reading_not_negative", lambda: FundingReadingFactory(**{field: Decimal("-0.01")}))
    FundingReadingFactory(**{field: None})


def test_a_total_is_not_negative():
    refused("funding_total_not_negative", lambda: FundingTotalFactory(amount=-1))


@pytest.mark.parametrize("share", [Decimal("-0.1"), Decimal("1.0001")])
def test_a_share_is_a_fraction_of_one(share):
    refused("funding_share_between_0_and_1", lambda: FundingLineFactory(share=share))


def test_lines_of_a_sub_item_have_their_own_positions():
    line = FundingLineFactory()

    refused("funding_line_position_unique", lambda: FundingLineFactory(sub_item=line.sub_item, position=line.position))


def test_a_line_is_read_once_in_a_report():
    reading = FundingReadingFactory()

    refused(
        "one_reading_per_report_and_line",
        lambda: FundingReadingFactory(report=reading.report, line=reading.line),
    )


def test_a_source_with_lines_and_a_line_with_readings_stay():
    reading = FundingReadingFactory()

    for row in (reading.line, reading.line.source):
        with pytest.raises(ProtectedError):
            row.delete()


def test_the_sources_of_the_first_migration_are_there():
    codes = ("special_bond", "central", "province", "city", "district", "higher_level", "employment_fund")
    codes += ("enterprise", "public_unspecified", "several_levels", "other")

    names = {code: FundingSourceFactory(code=code).name for code in codes}

    assert not [code for code, name in names.items() if name == code]


def test_a_fen_is_kept_beside_the_largest_amounts():
    line = FundingLineFactory(planned=Decimal("9999999999999.99"))

    line.refresh_from_db()

    assert line.planned == Decimal("9999999999999.99")
