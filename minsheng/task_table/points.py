"""What a row asks of a person, and whether he has answered: one list, for the page, its progress and the commit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.utils.translation import gettext as _

from departments.language import listed
from minsheng.task_table.answers import answer_of
from minsheng.task_table.compose import People, is_asked, said_of, written_of
from minsheng.task_table.corrections import PART_OF, correction
from minsheng.task_table.lengths import cuts_of
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.messages import MESSAGES
from minsheng.task_table.models import StagedRow
from minsheng.task_table.reading import RowReading
from minsheng.task_table.unkept import unkept_of
from projects.rules.responsible import must_choose

FILING: Final = "filing"
UNKNOWN: Final = "unknown_unit"
OPEN: Final = "open_group"
CUT: Final = "text_cut"
UNKEPT: Final = "figure_unkept"


@dataclass(frozen=True)
class Point:
    """One question of a row. ``answer`` says how it was settled: corrected, accepted, named, chosen; empty while it is
    open. ``part`` is where it is corrected, empty for what is about the row as a whole.
    """

    key: str
    kind: str
    severity: str
    part: str
    message: str
    answer: str = ""
    by: str = ""

    @property
    def is_open(self) -> bool:
        return not self.answer

    @property
    def blocks(self) -> bool:
        """Whether nothing is written before it is answered."""
        return self.is_open and self.severity == "error"

    @property
    def acceptable(self) -> bool:
        """Whether “as read” is an answer: somebody has to file, and what cannot be written is corrected."""
        return self.kind != FILING and (self.kind, self.severity) != (UNKEPT, "error")


def kind_words(kind: str) -> str:
    """A kind of question in words, for filters: its sentence without what the table says.

    >>> kind_words("deadline_missing") == MESSAGES["deadline_missing"]
    True
    """
    own = {
        FILING: _("Who files the reports is open"),
        UNKNOWN: _("Names of units that are not known"),
        OPEN: _("Groups whose units are not named"),
        CUT: _("Longer than what is written of it"),
        UNKEPT: _("Figures that cannot be written as they stand"),
    }
    if kind in own:
        return own[kind]
    return str(MESSAGES.get(kind, kind)) % _Dots()


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def points_of(row: StagedRow, reading: RowReading, people: People) -> list[Point]:
    """The questions of ``row``, the gravest first. A row that was left out asks nothing."""
    if not row.is_in:
        return []
    found = [*_of_issues(row, reading), *_of_names(row, people), *_of_lengths(row, reading), *_of_figures(row, reading)]
    return sorted(found, key=lambda point: point.severity != "error")


def _of_issues(row: StagedRow, reading: RowReading) -> Iterator[Point]:
    count: Counter[str] = Counter()
    for issue in reading.issues:
        if not issue.asks:
            continue
        count[issue.code] += 1
        key = f"{issue.code}.{count[issue.code]}"
        part = PART_OF.get(issue.field, "")
        answer, by = _answer(row, key, part)
        if not answer and issue.code == "lead_missing" and row.decisions.get("filing"):
            answer = "chosen"  # whoever files becomes the lead
        yield Point(key, issue.code, issue.severity, part, issue.message, answer, by)


def _of_names(row: StagedRow, people: People) -> Sequence[Point]:
    """Rows that name the same, and of which nobody said otherwise, ask the same."""
    if row.accepted:
        return list(_of_units(row, people))
    named = tuple(written for written, units in row.decisions.get("named", {}).items() if units)
    hangs_on = ("points", row.batch_id, tuple(written_of(row)), said_of(row), named, bool(row.decisions.get("filing")))
    return people.once(hangs_on, lambda: list(_of_units(row, people)))


def _of_units(row: StagedRow, people: People) -> Iterator[Point]:
    for match in dict.fromkeys(match for _role, match in written_of(row) if is_asked(match)):
        key = f"name.{match.written}"
        answer, by = _named(row, match) or _answer(row, key, "")
        kind = OPEN if match.kind == Kind.OPEN else UNKNOWN
        words = people.once((_about, match), partial(_about, match, people))
        yield Point(key, kind, "warning", "units", words, answer, by)
    if must_choose(people.stated(row)):
        answer = "chosen" if row.decisions.get("filing") else ""
        yield Point(FILING, FILING, "error", "units", _("Choose who files the reports."), answer)


def _of_lengths(row: StagedRow, reading: RowReading) -> Iterator[Point]:
    """A correction answers it by being short enough: then it is not asked."""
    for cut in cuts_of(row, reading):
        answer, by = _answer(row, cut.key, "")
        yield Point(cut.key, CUT, "warning", cut.part, cut.message, answer, by)


def _of_figures(row: StagedRow, reading: RowReading) -> Iterator[Point]:
    """A correction answers it by being a figure that is kept."""
    for figure in unkept_of(reading):
        answer, by = ("", "") if figure.refused else _answer(row, figure.key, "")
        yield Point(
            figure.key, UNKEPT, "error" if figure.refused else "warning", figure.part, figure.message, answer, by
        )


def _named(row: StagedRow, match: Match) -> tuple[str, str] | None:
    """Whether somebody said who is meant: in this row, or in all of the table."""
    if row.decisions.get("named", {}).get(match.written):
        return "named", ""
    said = answer_of(row.batch, match.written) if match.kind == Kind.UNKNOWN else None
    return ("named", str(said["by_name"])) if said else None


def _about(match: Match, people: People) -> str:
    if match.kind == Kind.OPEN:
        return _("“%(name)s”: the units are not named yet; it stays open.") % {"name": match.written}
    text = _("“%(name)s” is not known; it stays open.") % {"name": match.written}
    near = people.labels(match.near)
    if not near:
        return text
    similar = _("Similar: %(names)s") % {"names": listed(near)}
    return f"{text} {similar}"


def _answer(row: StagedRow, key: str, part: str) -> tuple[str, str]:
    """How the point was settled, and by whom."""
    if accepted := row.accepted.get(key):
        return "accepted", str(accepted["by_name"])
    if part and (found := correction(row, part)):
        return "corrected", str(found["by_name"])
    return "", ""


def open_of(
    rows: Sequence[StagedRow], readings: Sequence[RowReading], people: People
) -> tuple[list[tuple[StagedRow, Point]], list[int]]:
    """What nobody answered yet: questions that hold nothing up, and rows of the sheet with an error, apart from who
    files.
    """
    passable, blocking = [], []
    for row, reading in zip(rows, readings, strict=True):
        points = points_of(row, reading, people)
        passable += [(row, point) for point in points if point.is_open and not point.blocks]
        if any(point.blocks and point.kind != FILING for point in points):
            blocking.append(row.row)
    return passable, blocking


def by_kind(points: Iterable[Point]) -> list[tuple[str, str, int]]:
    """Kinds of questions, in words, with their number, those of most first."""
    count = Counter(point.kind for point in points)
    return [(kind, kind_words(kind), number) for kind, number in count.most_common()]
