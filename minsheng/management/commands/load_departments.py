import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from departments.errors import DomainError
from departments.services import units


class Command(BaseCommand):
    """Safe to run again: the same file twice changes nothing."""

    help = "Load jurisdictions, units, sections, aliases and groups from a JSON file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file in the form of fixtures/departments.json")

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{file} is not JSON: {error}") from error
        if not isinstance(data, dict):
            raise CommandError(f"{file} does not have the form of fixtures/departments.json.")
        try:
            loaded = units.load(data, by=None)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{', '.join(loaded.codes)}: {loaded.units} units, {loaded.sections} sections, {loaded.groups} groups, "
            f"{loaded.aliases} aliases; {loaded.created} new."
        )
