import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from departments import clock
from departments.models import Jurisdiction
from departments.services import units
from minsheng.demo import filling, people
from projects.models import Programme

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class Command(BaseCommand):
    help = "Fill an empty portal with the year 2023 of a high-tech zone, for demos; does nothing where it is filled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print-sign-ins", action="store_true", help="only say who can sign in")

    def handle(self, *args: Any, print_sign_ins: bool, **options: Any) -> None:
        if print_sign_ins:
            self.stdout.write("\n".join(people.sign_ins()))
            return
        with transaction.atomic():
            self._fill()

    def _fill(self) -> None:
        """All of it or nothing, so that a filling that was broken off begins again."""
        data = json.loads((FIXTURES / "departments.json").read_text("utf-8"))
        units.load(data, by=None)
        jurisdiction = Jurisdiction.objects.get(code="370871")
        if Programme.objects.filter(jurisdiction=jurisdiction).exists():
            return
        self.stdout.write("Filling January to September 2023 …")
        there = people.settle(jurisdiction)
        programme = filling.import_programme(jurisdiction, by=there[people.IMPORTER.username])
        filling.fill(programme, there, today=clock.today())
