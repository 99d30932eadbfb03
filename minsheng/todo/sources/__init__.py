"""Everything that can wait for a person. What comes later (notices, instructions) adds its sources to the tuples."""

from typing import Final

from minsheng.todo.entries import Source
from minsheng.todo.sources import contributions, exceptions, filing, office, review, tables

# What waits for the person himself, and is counted.
WAITING: Final[tuple[Source, ...]] = (
    filing.RETURNED,
    filing.FILE,
    contributions.CONTRIBUTE,
    contributions.READ_MONEY,
    exceptions.REFUSED,
    exceptions.CUT_SHORT,
    filing.LET_GO,
    filing.KEPT,
    review.REVIEW,
    review.APPROVE,
    review.STUCK,
    exceptions.ASKED,
    review.RUN_OUT,
    review.RECHECK,
    office.NO_UNIT,
    office.ENDED,
    tables.STAGED,
    office.RIGHT,
    office.NO_FILER,
    office.NO_OFFICE,
)
# What the person waits for: shown beneath, not counted.
WITH_OTHERS: Final[tuple[Source, ...]] = (exceptions.ASKED_BY_US, filing.RUN_OUT, office.RIGHT_ASKED)
