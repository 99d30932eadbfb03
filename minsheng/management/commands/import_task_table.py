"""``import_task_table``: the way of the web page in one go, for a table that leaves nothing open."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from departments.errors import DomainError
from departments.models import User
from minsheng.task_table import services
from minsheng.task_table.compose import is_asked, matches_of, reading_of
from minsheng.task_table.match import jurisdiction_by
from minsheng.task_table.models import ImportBatch


def row_and_name(text: str) -> tuple[int, str]:
    """``11=洸河街道``: a row of the sheet and the unit that files its reports."""
    row, separator, name = text.partition("=")
    if not separator or not (row.isascii() and row.isdigit()) or not name.strip():
        raise ArgumentTypeError(f"{text!r} must be ROW=NAME")
    return int(row), name


class Command(BaseCommand):
    help = "Import a task table as a programme; a refusal writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--jurisdiction", required=True, help="code of the jurisdiction")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--programme", required=True, help="name of the programme")
        parser.add_argument("--filing-unit", type=row_and_name, action="append", default=[], metavar="ROW=NAME")
        parser.add_argument("--by", metavar="USERNAME", help="who imports; without it, the system")

    def handle(self, *_args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                batch = services.import_table(
                    File(opened, name=file.name),
                    jurisdiction=jurisdiction_by(options["jurisdiction"]),
                    year=options["year"],
                    programme=options["programme"],
                    by=self._person(options["by"]),
                    filing=dict(options["filing_unit"]),
                )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._report(batch)

    def _person(self, username: str | None) -> User | None:
        if username is None:
            return None
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the username {username}.")
        return person

    def _report(self, batch: ImportBatch) -> None:
        """What was written, and what is still open."""
        programme = batch.programme
        assert programme is not None  # noqa: S101 - import_table returned, so the batch is committed
        rows = list(batch.rows.order_by("position"))
        self.stdout.write(
            f"{programme}: {programme.projects.count()} projects, {programme.sub_items.count()} sub-items."
        )
        reading = reading_of(batch, rows)
        for issue in reading.issues:
            self.stdout.write(f"  {issue.message}")
        for row, read in zip(rows, reading.rows, strict=True):
            for issue in read.issues:
                if issue.asks:
                    self.stdout.write(f"  row {row.row}: {issue.message}")
            for _role, match in matches_of(row):
                if is_asked(match):
                    self.stdout.write(f"  row {row.row}: {match.written} stays open ({match.kind}).")
