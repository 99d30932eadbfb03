"""A nil report says that nothing has changed since the last submission: whether that still holds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from departments import language
from funding.money import show_wan
from minsheng.filing.content import STAGE_WORDS, Content
from minsheng.words import number, percent
from projects.rules.reports import Finding

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet

# The field a finding stands at.
FIELD = "is_nil"


def stale_nil(sheet: "Sheet", content: Content) -> list[Finding]:
    """Where a nil report is one no more: an earlier month was filed anew since, with other figures.

    What the last submission did not state is no difference, nor is a money line that another unit reads.
    """
    if not content.is_nil:
        return []
    changes = list(_changes(sheet, content))
    if not changes:
        return []
    message = _("A nil report says that nothing changed, but it differs from what was submitted last: %(changes)s.")
    return [Finding(FIELD, message % {"changes": language.listed(changes)})]


def _changes(sheet: "Sheet", content: Content) -> Iterator[str]:
    last = sheet.last
    if last.percent is not None and content.percent != last.percent:
        yield _told(_("progress"), percent(content.percent), percent(last.percent))
    for target in sheet.targets:
        value, was = content.targets.get(target.pk), last.targets.get(target.pk)
        if was is not None and value != was:
            yield _told(target.text, number(value), number(was))
    read = {int(pk) for name in ("lines_read", "lines_unread") for pk in sheet.others.get(name, {})}
    for line in sheet.lines:
        now, was_read = content.money.get(line.pk), last.money.get(line.pk)
        if line.pk in read or now is None or was_read is None:
            continue
        for stage, word in STAGE_WORDS.items():
            amount, before = getattr(now, stage), getattr(was_read, stage)
            if before is not None and amount != before:
                name = _("“%(line)s” %(stage)s (10,000 yuan)") % {"line": line, "stage": word}
                yield _told(name, show_wan(amount), show_wan(before))


def _told(figure: str, now: str, last: str) -> str:
    return _("%(figure)s: %(now)s (last %(last)s)") % {"figure": figure, "now": now, "last": last}
