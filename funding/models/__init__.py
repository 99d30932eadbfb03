"""With what money."""

from funding.models.assignment import LineAssignment
from funding.models.line import ContributionMoney, FundingLine, FundingReading, FundingTotal
from funding.models.source import FundingSource

__all__ = ["ContributionMoney", "FundingLine", "FundingReading", "FundingSource", "FundingTotal", "LineAssignment"]
