"""Taking over what other units contributed into the filing unit's draft: texts under their units' names, and sums.

Each taking over keeps which version it took, so that a later change is pointed out. What is typed in the form is saved
with it; the same form sent twice takes once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import language
from departments.errors import DomainError
from departments.models import User
from minsheng.filing.content import TEXT_LENGTH, Content, content_from
from minsheng.filing.contributions import Contributed, adds_up, sum_of
from minsheng.filing.drafts import Saved, save_draft
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.panel import panel_of, shares_of
from minsheng.filing.services import Sheet, sheet_of
from minsheng.words import number
from projects.models import ContributionVersion, Taking, Target
from projects.services import contributions, reports

TEXTS, SUMS = "take-texts", "take-sums"
TEXT, SUM = "take-text-", "take-sum-"
SURE = "sure-sum-"  # the sum once more, after it was asked whether a larger figure is to go


@dataclass(frozen=True)
class Taken:
    """What the draft says after the taking over; ``took`` is false where there was nothing to take."""

    content: Content
    took: bool


class Smaller(DomainError):
    """Sums that would replace larger figures, of ``targets``: perhaps not all units have stated their shares."""

    def __init__(self, messages: Mapping[int, str]) -> None:
        super().__init__("\n".join(messages.values()))
        self.targets = frozenset(messages)


def _ask(sheet: Sheet, step: str, content: Content) -> None:
    """Ask once more about each sum that ``step`` would put in the place of a larger figure."""
    smaller = {}
    for target in sheet.targets:
        value, total = content.targets.get(target.pk), sum_of(sheet.contributed, target.pk)
        if target.pk in _sums(sheet, step) and value is not None and total is not None and total < value:
            smaller[target.pk] = _asked(sheet, target, value, total)
    if smaller:
        raise Smaller(smaller)


def _asked(sheet: Sheet, target: Target, value: Decimal, total: Decimal) -> str:
    shares = shares_of(sheet.contributed, target)
    words = {"target": target.text, "value": number(value), "total": number(total)}
    message = _(
        "“%(target)s” says %(value)s; the sum of %(count)d of %(asked)d units is %(total)s, less than that. Nothing was"
        " saved: press the button at the sum once more if it is to stand all the same."
    )
    return message % {**words, "count": len(shares.parts), "asked": shares.asked}


def is_taking(step: str) -> bool:
    """Whether the button that sent the form takes something over: all new texts, one, all sums, or one."""
    return step in (TEXTS, SUMS) or any(
        step.startswith(one) and step[len(one) :].isdecimal() for one in (TEXT, SUM, SURE)
    )


def place_of_taking(step: str) -> str:
    """Where on the page it is seen what was taken."""
    if step.startswith((SUM, SURE)):
        return f"line-target-{step.rpartition('-')[2]}"
    return "group-targets" if step == SUMS else "group-progress"


def mark_of(step: str, content: Content, editor: str) -> str:
    """What tells the same form, sent twice, from another one."""
    said = sorted(base_of(content).items())
    return sha256(repr((step, editor, said)).encode()).hexdigest()


def taken_already(sheet: Sheet, step: str, content: Content, *, editor: str) -> bool:
    """Whether exactly this form has taken this over just now: a second click."""
    if sheet.report is None or not editor:
        return False
    marked = Taking.objects.filter(version__contribution__report=sheet.report, form=mark_of(step, content, editor))
    return marked.exists()


@transaction.atomic
def take(
    sheet: Sheet, step: str, content: Content, *, by: User, seen_version: int, opened: Opened | None = None
) -> Taken:
    """Save what was typed, then take over what ``step`` names, as it stands now. Raises what ``save_draft`` does, and
    ``Smaller`` where a sum would replace a larger figure and it is not said that it shall.
    """
    if step == SUMS or step.startswith(SUM):
        _ask(sheet, step, content)
    saved = save_draft(sheet, content, by=by, seen_version=seen_version, opened=opened)
    now = sheet_of(sheet.sub_item, sheet.period)
    form = mark_of(step, content, opened.editor if opened else "")
    if step == TEXTS or step.startswith(TEXT):
        return _take_texts(now, saved, _texts(now, step), by=by, form=form)
    return _take_sums(now, saved, _sums(now, step), by=by, form=form)


def _texts(sheet: Sheet, step: str) -> list[Contributed]:
    if step == TEXTS:
        return [row.one for row in panel_of(sheet.contributed).new]
    key = step.removeprefix(TEXT)
    found = [one for one in sheet.contributed if one.contribution and str(one.contribution.pk) == key]
    return [one for one in found if one.text.strip()]


def _sums(sheet: Sheet, step: str) -> list[int]:
    wanted = None if step == SUMS else step.rpartition("-")[2]
    return [
        target.pk
        for target in sheet.targets
        if adds_up(target)
        and wanted in (None, str(target.pk))
        and any(target.pk in one.shares for one in sheet.contributed)
    ]


def _take_texts(sheet: Sheet, saved: Saved, those: Sequence[Contributed], *, by: User, form: str) -> Taken:
    """Each unit's text under its name; where the one taken before stands unchanged, in its place, else below."""
    progress = saved.content.progress.strip()
    for one in those:
        taken = one.taken(None)
        before = _named(one, content_from(taken[1]).progress) if taken else ""
        progress = placed(progress, _named(one, one.text), before=before)
    if len(progress) > TEXT_LENGTH:
        raise DomainError(
            _("With these texts the progress would have more than %(most)d characters: shorten it first.")
            % {"most": TEXT_LENGTH}
        )
    return _keep(sheet, saved, replace(saved.content, progress=progress), {None: those}, by=by, form=form)


def placed(progress: str, text: str, *, before: str) -> str:
    """``progress`` with ``text`` in the place of ``before``, where that stands as it was taken, once; else below it.

    >>> placed("开头。\\n甲街道：一。\\n结尾。", "甲街道：二。", before="甲街道：一。").split("\\n")
    ['开头。', '甲街道：二。', '结尾。']
    """
    lines, old = progress.split("\n") if progress else [], before.split("\n")
    places = [at for at in range(len(lines) - len(old) + 1) if lines[at : at + len(old)] == old] if before else []
    if len(places) == 1:
        lines[places[0] : places[0] + len(old)] = [text]
    else:
        lines.append(text)
    return "\n".join(lines)


def _named(one: Contributed, text: str) -> str:
    """The text under its unit's name; the filing unit's own needs none in its own report."""
    if one.files:
        return text.strip()
    with language.of_the_office():
        return _("%(unit)s: %(text)s") % {"unit": one.unit.full_name, "text": text.strip()}


def _take_sums(sheet: Sheet, saved: Saved, targets: Sequence[int], *, by: User, form: str) -> Taken:
    sums = {pk: sum_of(sheet.contributed, pk) for pk in targets}
    content = replace(saved.content, targets={**saved.content.targets, **sums})
    those = {pk: [one for one in sheet.contributed if pk in one.shares] for pk in targets}
    return _keep(sheet, saved, content, those, by=by, form=form)


def _keep(
    sheet: Sheet,
    saved: Saved,
    content: Content,
    those: Mapping[Any, Sequence[Contributed]],
    *,
    by: User,
    form: str,
) -> Taken:
    """Write the draft with what was taken, and note which versions that was; a nil report carries no figures."""
    if not any(those.values()):
        return Taken(saved.content, took=False)
    if content.is_nil:
        raise DomainError(_("This is a nil report: untick that first, then take over what the units contributed."))
    report = saved.report
    reports.revise(
        report,
        by=by,
        seen_version=report.version,
        content=content.text(),
        targets=content.targets,
        changed=["progress" if target is None else f"target_{target}" for target in those],
    )
    targets = {target.pk: target for target in sheet.targets}
    for target, units in those.items():
        versions: list[ContributionVersion] = [one.newest for one in units if one.newest]
        contributions.take(report, versions, targets[target] if target else None, by=by, form=form)
    return Taken(content, took=True)
