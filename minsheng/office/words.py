"""What rights, actions and fields are called on the office's pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.permissions import (
    ADMINISTER,
    AUDIT,
    FILE_REPORT,
    IMPORT_TABLE,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
)

Words = dict[str, str | Promise]

RIGHTS: Final[Words] = {
    FILE_REPORT: _("Fill in monthly reports"),
    REVIEW_REPORT: _("Review the unit's monthly reports"),
    IMPORT_TABLE: _("Import task tables"),
    SUPERVISE: _("Supervise: periods, approval, notices, closures"),
    ADMINISTER: _("Administer people, units and sources"),
    OVERSEE: _("Oversee: read everything"),
    AUDIT: _("Read the audit trail"),
}
# Short enough for a cell.
SHORT_RIGHTS: Final[Words] = {
    FILE_REPORT: _("files reports"),
    REVIEW_REPORT: _("reviews reports"),
    IMPORT_TABLE: _("imports"),
    SUPERVISE: _("supervises"),
    ADMINISTER: _("administers"),
    OVERSEE: _("oversees"),
    AUDIT: _("audits"),
}

ACTIONS: Final[Words] = {
    "person.add": _("account made"),
    "person.change": _("account changed"),
    "person.close": _("account closed"),
    "person.open": _("account opened again"),
    "person.reset_password": _("password reset"),
    "person.choose_password": _("own password chosen"),
    "grant.give": _("right given"),
    "grant.take": _("right taken"),
    "grant.ask": _("right asked for"),
    "grant.decline": _("request for a right declined"),
    "unit.add": _("unit added"),
    "unit.change": _("unit changed"),
    "unit.close": _("unit ended"),
    "unit.reopen": _("unit goes on"),
    "unit.place": _("order of units changed"),
    "units.load": _("units loaded from a file"),
    "alias.add": _("alias added"),
    "alias.remove": _("alias removed"),
    "group.add": _("unit group added"),
    "group.change": _("unit group changed"),
    "group.members": _("members of a unit group changed"),
    "source.add": _("funding source added"),
    "source.rename": _("funding source renamed"),
    "source.place": _("order of funding sources changed"),
    "office.import": _("register uploaded"),
    "jurisdiction.create": _("jurisdiction made"),
    "jurisdiction.move": _("jurisdiction moved"),
    "programme.create": _("programme made"),
    "programme.delete": _("programme deleted"),
    "import.stage": _("task table uploaded"),
    "import.decide": _("questions of a task table answered"),
    "import.commit": _("task table imported"),
    "import.undo": _("import undone"),
    "import.discard": _("uploaded task table discarded"),
    "admin.add": _("added by the platform operator"),
    "admin.change": _("changed by the platform operator"),
    "admin.delete": _("deleted by the platform operator"),
}

FIELDS: Final[Words] = {
    "name": _("name"),
    "username": _("user name"),
    "department": _("unit"),
    "telephone": _("telephone"),
    "contact": _("contact"),
    "short_name": _("short name"),
    "is_active": _("active"),
    "active_until": _("active until"),
    "successor": _("successor"),
    "order": _("place in the order"),
    "members": _("members"),
    "is_open": _("members decided for each sub-item"),
    "alias": _("alias"),
    "right": _("right"),
    "where": _("on"),
    "reason": _("reason"),
    "code": _("code"),
    "second_name": _("second administrator"),
    "file": _("file"),
    "programme": _("programme"),
    "created": _("new"),
    "sub_items": _("sub-items"),
    "projects": _("projects"),
    "kind": _("kind"),
    "rows": _("rows"),
    "old": _("before"),
    "new": _("after"),
    "sha256": _("fingerprint of the file"),
}
# Keys that say nothing to a person.
SILENT: Final = frozenset({"where_id", "second"})
