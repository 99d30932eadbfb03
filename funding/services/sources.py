"""Funding sources: named and ordered by an administrator. Codes are stable, no source is ever deleted.

Sources are shared, so what is done to them is recorded for the auditors of every jurisdiction.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from departments.names import visible
from departments.permissions import ADMINISTER, has_grant
from departments.services import changes
from funding.models import FundingSource

CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,29}")


@transaction.atomic
def add(*, code: str, name: str, by: User, jurisdiction: Jurisdiction) -> FundingSource:
    """A new source at the end. Sources are shared; ``jurisdiction`` is the one whose administrator ``by`` is."""
    _require_administrator(by, jurisdiction)
    code, name = code.strip(), visible(name)
    if not CODE.fullmatch(code):
        raise DomainError(_("A code is 2 to 30 small letters, digits and _, and begins with a letter."))
    if FundingSource.objects.filter(code=code).exists():
        raise DomainError(_("There is a source with the code %(code)s already.") % {"code": code})
    _check_name(name, None)
    last = FundingSource.objects.aggregate(last=Max("position"))["last"]
    source = FundingSource.objects.create(code=code, name=name, position=0 if last is None else last + 1)
    audit.record("source.add", source, by=by, added={"code": code, "name": name})
    return source


@transaction.atomic
def rename(
    source: FundingSource, name: str, *, by: User, jurisdiction: Jurisdiction, drawn: Mapping[str, str] | None = None
) -> bool:
    """Another label for the same source; whether it differed. ``drawn``: see ``changes.typed``."""
    _require_administrator(by, jurisdiction)
    locks.again(source)
    content = changes.typed({"name": source.name}, {"name": visible(name)}, drawn)
    _check_name(content.get("name", source.name), source)
    return bool(changes.apply(source, content, action="source.rename", by=by, jurisdiction=None))


@transaction.atomic
def place(source: FundingSource, place_: int, *, by: User, jurisdiction: Jurisdiction) -> None:
    """Put ``source`` at the place ``place_``, from 1; places are numbered anew without gaps."""
    _require_administrator(by, jurisdiction)
    rows = sorted(locks.held(FundingSource.objects.all()), key=lambda row: (row.position, row.pk))
    was = rows.index(source) + 1
    rows.remove(source)
    rows.insert(max(0, place_ - 1), source)
    for number, row in enumerate(rows):
        if row.position != number:
            FundingSource.objects.filter(pk=row.pk).update(position=number)
    now = rows.index(source) + 1
    source.refresh_from_db()
    if was != now:
        audit.record("source.place", source, by=by, changed={"order": [str(was), str(now)]})


def _require_administrator(by: User, jurisdiction: Jurisdiction) -> None:
    if not has_grant(by, ADMINISTER, jurisdiction):
        raise DomainError(_("Only an administrator of the jurisdiction can change this."))


def _check_name(name: str, source: FundingSource | None) -> None:
    if not name:
        raise DomainError(_("A name cannot be empty."))
    others = FundingSource.objects.exclude(pk=source.pk) if source else FundingSource.objects.all()
    if others.filter(name=name).exists():
        raise DomainError(_("There is a source of the name %(name)s already.") % {"name": name})
