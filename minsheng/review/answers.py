"""What became of what a reviewer had asked for, when the report comes again: which fields have changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from minsheng.filing.remarks import Asked
from minsheng.review.versions import Line, differences
from projects.models import ReportEvent


@dataclass(frozen=True)
class Answer:
    """A field as it was when the report was returned, and as it is now; not ``answered``: the unit that reads the line
    has said nothing since, what differs is only carried on.
    """

    lines: list[Line]
    answered: bool = True

    @property
    def differs(self) -> bool:
        return any(line.differs for line in self.lines)

    @property
    def changed(self) -> bool:
        return self.answered and self.differs


def answers_of(asked: Asked, newest: ReportEvent | None) -> dict[str, Answer]:
    """By the key of the field, against the return that remarked on it last, else against the last return; ``newest`` is
    the step with which the report came again.
    """
    if not asked or newest is None:
        return {}
    now = newest.snapshot
    found: dict[str, Answer] = {}
    for event in reversed(asked.returns):
        remarked = {one["field"] for one in event.remarks}
        for field, lines in _by_field(differences(event.snapshot, now)).items():
            if field in remarked or event == asked.returns[-1]:
                found.setdefault(field, Answer(lines))
        for field in remarked:  # it said nothing then and says nothing now
            found.setdefault(field, Answer([]))
    silent = {f"money_{line}" for line in now.get("lines_unanswered", {})}
    return {field: replace(one, answered=field not in silent) for field, one in found.items()}


def _by_field(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Without what is said at no field: other units' contributions."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.field:
            found.setdefault(line.field, []).append(line)
    return found


def changed_since(event: ReportEvent, answers: dict[str, Answer]) -> int:
    """How many of the remarks of ``event`` stand at fields that have changed."""
    return sum(one["field"] in answers and answers[one["field"]].changed for one in event.remarks)
