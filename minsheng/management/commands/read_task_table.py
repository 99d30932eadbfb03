"""``read_task_table``: what the portal reads from a task table, printed; nothing is written."""

import json
from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from departments.errors import DomainError
from minsheng.task_table.dump import to_json
from minsheng.task_table.package import read_file as read_bytes
from minsheng.task_table.reading import TableReading, decoded, read_pasted, read_table

REFUSED = 2


class Command(BaseCommand):
    help = "Print what is read from a task table as JSON. Writes nothing; exit status 2 where the file is refused."
    # Reading needs no database: checks of the whole portal would only be in its way.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, help="year of the table, where its title does not say it")
        parser.add_argument("--jurisdiction", help="code of the jurisdiction whose units the names are resolved to")
        parser.add_argument("--sheet", help="name of the sheet, where the file has several tables")
        parser.add_argument(
            "--goes-on",
            action="append",
            metavar="SHEET",
            help="name of another sheet whose rows are read with it, as import_task_table does; may be given again",
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            printed = read_file(file, **{name: options[name] for name in ("year", "jurisdiction", "sheet", "goes_on")})
        except DomainError as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        self.stdout.write(json.dumps(printed, ensure_ascii=False, indent=1))


def read_file(
    file: Path,
    *,
    year: int | None,
    jurisdiction: str | None,
    sheet: str | None,
    goes_on: Collection[str] | None = None,
) -> dict[str, Any]:
    """The reading as JSON, with the rows of the sheets that ``goes_on`` names; with a jurisdiction, a key ``resolved``
    beside it: name as written → names of its units.
    """
    if year is not None and not 1949 <= year <= 2999:
        raise DomainError(_("%(year)s is not a year.") % {"year": year})
    if jurisdiction is None:
        return to_json(_read(file, year=year, sheet=sheet, joining=goes_on))
    from minsheng.task_table.match import resolver_for  # the only part that needs the database

    try:
        resolver = resolver_for(jurisdiction)
    except DatabaseError as error:
        raise DomainError(_("The database is not set up, so no units are known. Leave out --jurisdiction.")) from error
    reading = _read(file, year=year, sheet=sheet, known_units=resolver.known_names, joining=goes_on)
    names = dict.fromkeys(name for row in reading.rows for name in (*row.lead_units, *row.assisting_units))
    return to_json(reading) | {"resolved": {name: resolver.resolve(name) for name in names}}


def _read(
    file: Path,
    *,
    year: int | None,
    sheet: str | None,
    joining: Collection[str] | None,
    known_units: Collection[str] = (),
) -> TableReading:
    """A workbook or document; a .txt file is taken for a pasted table."""
    if file.suffix.lower() == ".txt":
        return read_pasted(decoded(read_bytes(file)), name=file.name, year=year, known_units=known_units)
    return read_table(file, name=file.name, year=year, sheet=sheet, known_units=known_units, joining=joining)
