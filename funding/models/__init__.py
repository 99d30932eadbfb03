"""With what money."""

from funding.models.line import FundingLine, FundingReading, FundingTotal
from funding.models.source import FundingSource

__all__ = ["FundingLine", "FundingReading", "FundingSource", "FundingTotal"]
