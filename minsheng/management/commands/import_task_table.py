"""``import_task_table``: the way of the web page in one go, for a table that leaves nothing open.

What is open is shown, row by row, and nothing is written; ``--accept-open`` lets it stay as read, on record under the
name given with ``--by``. Other sheets that seem to hold tasks are read with it (``--goes-on``) or, with
``--accept-open``, left unread.
"""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from departments.errors import DomainError
from departments.models import Jurisdiction, User
from departments.permissions import IMPORT_TABLE, has_grant
from minsheng.task_table import services
from minsheng.task_table.alike import MustSayWhether
from minsheng.task_table.compose import reading_of
from minsheng.task_table.match import jurisdiction_by
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.tables import MustSayTables, not_of_tables, tables_of


def row_and_name(text: str) -> tuple[int | tuple[str, int], str]:
    """``11=洸河街道``: a row of the sheet and the unit that files its reports; ``卫生!4=…``: of one that is read on."""
    place, separator, name = text.partition("=")
    sheet, _mark, row = place.rpartition("!")
    if not separator or not (row.isascii() and row.isdigit()) or not name.strip():
        raise ArgumentTypeError(f"{text!r} must be ROW=NAME")
    return (sheet, int(row)) if sheet else int(row), name


class Command(BaseCommand):
    help = "Import a task table as a programme; a refusal writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--jurisdiction", required=True, help="code of the jurisdiction")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--programme", required=True, help="name of the programme")
        parser.add_argument("--filing-unit", type=row_and_name, action="append", default=[], metavar="ROW=NAME")
        parser.add_argument("--by", metavar="USERNAME", help="who imports; without it, the system")
        parser.add_argument(
            "--accept-open", action="store_true", help="let open questions stay as read, in the name of --by"
        )

        parser.add_argument(
            "--apart", action="store_true", help="it is a programme of its own though its rows are another's; with --by"
        )

        parser.add_argument(
            "--goes-on", action="append", default=[], metavar="SHEET", help="read this sheet with the table; with --by"
        )

    def handle(self, *_args: Any, file: Path, **options: Any) -> None:
        try:
            jurisdiction = jurisdiction_by(options["jurisdiction"])
            by = self._person(options["by"], jurisdiction)
            with file.open("rb") as opened:
                batch = services.import_table(
                    File(opened, name=file.name),
                    jurisdiction=jurisdiction,
                    year=options["year"],
                    programme=options["programme"],
                    by=by,
                    filing=dict(options["filing_unit"]),
                    passing=options["accept_open"],
                    apart=options["apart"],
                    goes_on=options["goes_on"],
                )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except StillOpen as error:
            advice = _("Import it on the page and answer them there, or add --accept-open and --by.")
            raise CommandError("\n".join([str(error), *_by_row(error.rows), advice])) from error
        except MustSayWhether as error:
            advice = _("Import it on the page as an update, or add --apart and --by.")
            raise CommandError(f"{error}\n{advice}") from error
        except MustSayTables as error:
            advice = _(
                "Import it on the page and answer there, or add --by and, for each that belongs to it, --goes-on;"
                " --accept-open leaves the others unread."
            )
            lines = [
                "  " + _("“%(name)s”: %(rows)s rows") % {"name": name, "rows": rows} for name, rows in error.tables
            ]
            raise CommandError("\n".join([str(error), *lines, advice])) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._report(batch)

    def _person(self, username: str | None, jurisdiction: Jurisdiction) -> User | None:
        """Who imports: somebody who may do it on the page, as it is recorded under his name."""
        if username is None:
            return None
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(_("There is no active person with the username %(name)s.") % {"name": username})
        if not has_grant(person, IMPORT_TABLE, jurisdiction):
            raise CommandError(
                _("%(name)s may not import tables of %(jurisdiction)s; nothing was written.")
                % {"name": username, "jurisdiction": jurisdiction}
            )
        return person

    def _report(self, batch: ImportBatch) -> None:
        """What was written, what the table as a whole says, and what stays as read."""
        programme = batch.programme
        assert programme is not None  # noqa: S101 - import_table returned, so the batch is committed
        written = {"projects": programme.projects.count(), "sub_items": programme.sub_items.count()}
        self.stdout.write(
            _("“%(programme)s”: %(projects)s projects, %(sub_items)s sub-items.") % {"programme": programme, **written}
        )
        for issue in not_of_tables(reading_of(batch, list(batch.rows.order_by("position"))).issues):
            self.stdout.write(f"  {issue.message}")
        for one in tables_of(batch):
            if one.said:
                self.stdout.write("  " + _("“%(name)s”: %(said)s") % {"name": one.table.name, "said": one.words})
        passed = batch.decisions.filter(step=ImportDecision.Step.PASS, row__isnull=False).order_by("row", "pk")
        if passed:
            self.stdout.write(_("Stays as read, in the name of %(name)s:") % {"name": passed[0].by_name})
        for line in _by_row((batch.words_of(one.row), str(one.after)) for one in passed if one.row is not None):
            self.stdout.write(line)


def _by_row(said: Iterable[tuple[str, str]]) -> list[str]:
    return ["  " + _("%(row)s: %(text)s") % {"row": row, "text": text} for row, text in said]
