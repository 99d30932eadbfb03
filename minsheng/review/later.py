"""A month beside later ones that are approved already: what they say less of, and what they only carried on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from funding.money import show_wan
from funding.services.readings import LineReading
from minsheng.dashboard import words
from minsheng.filing.content import STAGE_WORDS, Content, content_from
from minsheng.filing.services import Sheet
from projects.models import ReportEvent

Words = tuple[str | Promise, str, str]  # what, this month, the later one


@dataclass(frozen=True)
class Figure:
    """A figure of this month (``now``) and of a later one (``then``), which speaks of it where it is ``named``.
    ``line`` is the key of its money line.
    """

    key: str
    what: str | Promise
    now: Decimal | None
    then: Decimal | None
    words: Words
    grows: bool = True
    line: int | None = None
    named: bool = True

    @property
    def fell(self) -> bool:
        return self.grows and self.now is not None and self.then is not None and self.now > self.then


@dataclass(frozen=True)
class Carried:
    """An approved later month that only carried ``figures`` on, which are others in this month."""

    approval: ReportEvent
    figures: list[Figure]


def grown(sheet: Sheet, now: Content, later: Content) -> list[Figure]:
    """Figures that only grow and are higher than in the later month that was approved already."""
    return [one for one in figures_beside(sheet, now, later) if one.fell]


def carried_in(
    sheet: Sheet, now: Content, approvals: Iterable[ReportEvent], *, own: Sequence[ReportEvent] = ()
) -> list[Carried]:
    """Of later months (their ``approvals``, in order) the figures that are others than ``now`` though nothing new was
    said with them: they are what this month said at an approval of its ``own`` that stood then or has been given since,
    or what a month between had carried on; those of nil reports; and money lines that their readers have not read. A
    month that says another figure itself ends the chain of that figure.
    """
    found = []
    chain: dict[str, set[Decimal | None]] | None = None
    for approval in approvals:
        said = _said(sheet, now, own, approval)
        kept: dict[str, set[Decimal | None]] = {}
        differing = []
        for one in figures_beside(sheet, now, content_from(approval)):
            if chain is not None and one.key not in chain:
                continue
            as_before = said.get(one.key, set()) | (chain or {}).get(one.key, set())
            if _is_carried(one, approval) or (one.named and one.then in as_before):
                kept[one.key] = {one.then}
                differing += [one] if one.now != one.then else []
        chain = kept
        if differing:
            found.append(Carried(approval, differing))
        if not chain:
            break
    return found


def _said(sheet: Sheet, now: Content, own: Sequence[ReportEvent], later: ReportEvent) -> dict[str, set[Decimal | None]]:
    """What each figure of this month was at the approval of its ``own`` that stood when ``later`` was given, and at
    those given since.
    """
    stood = [one for one in own if one.pk < later.pk][-1:]
    found: dict[str, set[Decimal | None]] = {}
    for event in (*stood, *(one for one in own if one.pk > later.pk)):
        for one in figures_beside(sheet, now, content_from(event)):
            if one.named:
                found.setdefault(one.key, set()).add(one.then)
    return found


def _is_carried(figure: Figure, approval: ReportEvent) -> bool:
    """Whether the month itself says that it only carried it on."""
    shot = approval.snapshot
    if figure.line is not None:
        key = str(figure.line)
        if key in shot.get("lines_unread", {}):
            return True
        if key in shot.get("lines_read", {}):
            return False
    return bool(shot.get("is_nil"))


def figures_beside(sheet: Sheet, now: Content, later: Content) -> Iterator[Figure]:
    """The figures of both, as far as the sheet asks for them."""
    if not sheet.by_milestones:
        what = gettext_lazy("progress")
        shown: Words = (what, words.percent(now.percent), words.percent(later.percent))
        yield Figure("percent", what, now.percent, later.percent, shown)
    for target in sheet.targets:
        value, then = now.targets.get(target.pk), later.targets.get(target.pk)
        shown = (target.text, words.number(value), words.number(then))
        named = target.pk in later.targets
        yield Figure(f"target_{target.pk}", target.text, value, then, shown, grows=target.must_not_fall, named=named)
    for line in sheet.lines:
        mine, theirs = now.money.get(line.pk, LineReading()), later.money.get(line.pk, LineReading())
        for stage, label in STAGE_WORDS.items():
            amount, then = getattr(mine, stage), getattr(theirs, stage)
            figure = format_lazy(gettext_lazy("{line} {stage} (10,000 yuan)"), line=str(line), stage=label)
            yield Figure(
                f"{stage}_{line.pk}",
                figure,
                amount,
                then,
                (figure, show_wan(amount), show_wan(then)),
                grows=stage != "applied",
                line=line.pk,
                named=line.pk in later.money,
            )


def in_words(figures: Sequence[Figure]) -> list[list[str]]:
    """As they are kept, in the language of the moment: what, as the later month says it, as this one does."""
    return [[str(what), then, now] for what, now, then in (one.words for one in figures)]
