"""What rights, actions and fields are called on the office's pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.permissions import (
    ADMINISTER,
    AUDIT,
    FILE_REPORT,
    IMPORT_TABLE,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
)
from projects.models.light import LightPreset

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

# What goes out to Excel and comes back.
REGISTERS: Final[Words] = {
    "units": _("Units"),
    "aliases": _("Aliases"),
    "people": _("People"),
    "sources": _("Funding sources"),
    "rights": _("Rights"),
}
# Lists that only go out.
TRAIL: Final[Words] = {"trail": _("Audit trail"), "groups": _("Unit groups")}
# Each action that is recorded anywhere; tests/minsheng/office/test_trail_words.py names one that is missing.
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
    "unit.create": _("unit added while importing"),
    "unit.alias": _("alias taught while importing"),
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
    "office.export": _("register taken as a file"),
    "jurisdiction.create": _("jurisdiction made"),
    "jurisdiction.move": _("jurisdiction moved"),
    "jurisdiction.office": _("supervision office named"),
    "programme.create": _("programme made"),
    "programme.add": _("sub-items added to a programme"),
    "programme.list": _("list of sub-items written from Excel"),
    "programme.revise": _("plan of a programme revised"),
    "responsibility.hand_over": _("sub-items handed over"),
    "programme.settings": _("settings of a programme changed"),
    "programme.delete": _("programme deleted"),
    "milestones.change": _("milestones changed"),
    "import.stage": _("task table uploaded"),
    "import.reread": _("task table read again"),
    "import.decide": _("questions of a task table answered"),
    "import.commit": _("task table imported"),
    "import.table": _("other table of the file answered"),
    "import.apart": _("table said to be a programme of its own"),
    "import.again": _("update of a programme begun"),
    "import.match": _("rows matched to sub-items"),
    "import.update": _("programme updated from a table"),
    "import.undo": _("import undone"),
    "import.discard": _("uploaded task table discarded"),
    "period.schedule": _("reporting settings changed"),
    "period.due": _("due day changed"),
    "period.exception": _("exception from the lock made"),
    "period.exception_end": _("exception from the lock ended early"),
    "exception.ask": _("exception from the lock asked for"),
    "exception.refuse": _("request for an exception refused"),
    "calendar.day": _("working day set by hand"),
    "calendar.forget": _("working day no longer set by hand"),
    "line.assign": _("money line given to another unit to read"),
    "line.take_back": _("money line taken back"),
    "filing.export": _("list of units that have not filed taken as a file"),
    "list.export": _("list of sub-items taken as a file"),
    "overview.export": _("overview taken as a file"),
    "admin.add": _("added by the platform operator"),
    "admin.change": _("changed by the platform operator"),
}

# In the order in which they are shown.
FIELDS: Final[Words] = {
    "name": _("name"),
    "username": _("user name"),
    "department": _("unit"),
    "unit": _("unit"),
    "group": _("unit group"),
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
    "code": _("code"),
    "parent": _("parent"),
    "office_name": _("supervision office"),
    "office_contact": _("office contact"),
    "second_name": _("second administrator"),
    "file": _("file"),
    "programme": _("programme"),
    "sheet": _("sheet"),
    "table": _("other table of the file"),
    "said": _("answer"),
    "header_map": _("columns"),
    "decisions": _("rows of the table"),
    "matches": _("rows of the table"),
    "missing": _("sub-items the table no longer names"),
    "created": _("new"),
    "sub_items": _("sub-items"),
    "projects": _("projects"),
    "kind": _("kind"),
    "rows": _("rows"),
    "conditions": _("conditions"),
    "month": _("month"),
    "origin": _("origin"),
    "due_on": _("due on"),
    "done_on": _("reached on"),
    "weight": _("weight"),
    "until": _("until"),
    "whom": _("for"),
    "title": _("title of the table"),
    "starts_on": _("starts on"),
    "light_preset": _("light rule"),
    "light_numbers": _("numbers of the light rule"),
    "day": _("day"),
    "works": _("working day"),
    "note": _("note"),
    "moved": _("months moved"),
    "first_month": _("first reporting month"),
    "last_month": _("last reporting month"),
    "due_day": _("due day"),
    "due_next_month": _("due in the following month"),
    "lock_after_days": _("days from due day to lock"),
    "text": _("text"),
    "shares": _("shares of target figures"),
    "reason": _("reason"),
    "document": _("document"),
    "sha256": _("fingerprint of the file"),
    "sub_item": _("sub-item"),
    "reader": _("read each month by"),
    "replaced": _("amounts that the draft held until then (applied for / secured / spent)"),
    "corrections": _("corrections of people that went with it"),
    "waiting": _("updates in work that went with it"),
    "source_sha256": _("fingerprint of the file"),
}
OF_KINDS: Final[dict[str, Words]] = {"departments.user": {"name": _("Name of the person")}}
# Details that hold others: what changed, what a new thing began with.
HOLDERS: Final = frozenset({"changed", "added", "old", "new"})
# Keys that say nothing to a person.
SILENT: Final = frozenset({"where_id", "upload", "exception_id", "override_id", "second", "filters", "sort"})
# Words for values that are kept as codes.
VALUES: Final[dict[str, Words]] = {
    "right": RIGHTS,
    "kind": REGISTERS | TRAIL,
    "light_preset": dict(LightPreset.choices),
    "said": {
        "goes-on": pgettext_lazy("another table of the file", "read on with the table"),
        "apart": pgettext_lazy("another table of the file", "no part of the table"),
    },
    "reason": {"import": _("named while importing")},
    "act": {"withdraw": _("withdraw it from the programme"), "keep": _("keep it as it is")},
}
