"""The first administrator of a jurisdiction, made from the command line; all others he makes on his pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.errors import DomainError
from departments.models import Jurisdiction
from departments.permissions import ADMINISTER
from departments.services import grants, people
from minsheng.office.views.people import initial_password


class Command(BaseCommand):
    help = "Make an account that administers a jurisdiction, and print its initial password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--jurisdiction", required=True, help="its code")

    def handle(self, *_args: Any, username: str, name: str, jurisdiction: str, **_options: Any) -> None:
        area = Jurisdiction.objects.filter(code=jurisdiction).first()
        if area is None:
            raise CommandError(f"There is no jurisdiction with the code {jurisdiction}.")
        password = initial_password()
        try:
            with transaction.atomic():
                person = people.add(area, by=None, username=username, name=name, password=password)
                grants.give(ADMINISTER, area, to=person, by=None)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{person.username} / {password} administers {area}; the password is changed at first sign-in."
        )
