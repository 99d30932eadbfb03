"""Who: jurisdictions, units, groups, people with grants, what the trail keeps."""

from functools import cache

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory
from guardian.shortcuts import assign_perm

from departments import clock
from departments.models import (
    AuditEvent,
    Department,
    DepartmentAlias,
    DepartmentGroup,
    GroupMember,
    Jurisdiction,
    User,
)

PASSWORD = "demo-pass-2023"


class JurisdictionFactory(DjangoModelFactory):
    """A jurisdiction below ``parent``, with its path as the service writes it."""

    class Meta:
        model = Jurisdiction
        skip_postgeneration_save = True

    parent = None
    code = factory.Sequence(lambda n: f"{990000 + n}")  # no such province: never the code of a real area
    name = factory.Sequence(lambda n: f"示例区{n}")
    office_name = "督查室"
    path = factory.LazyAttribute(lambda row: f"new-{row.code}")

    @factory.post_generation
    def place(self, create, extracted, **kwargs):
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if create:
            self.save(update_fields=["path"])


class DepartmentFactory(DjangoModelFactory):
    """A unit; with ``parent`` a section of that unit, in its jurisdiction and at its place in the official order."""

    class Meta:
        model = Department

    parent = None
    jurisdiction = factory.LazyAttribute(lambda row: row.parent.jurisdiction if row.parent else JurisdictionFactory())
    name = factory.Sequence(lambda n: f"示例单位{n}")
    order = factory.LazyAttributeSequence(lambda row, n: row.parent.order if row.parent else n)
    position = factory.LazyAttributeSequence(lambda row, n: n + 1 if row.parent else 0)


class DepartmentGroupFactory(DjangoModelFactory):
    """A group; ``members=[unit, …]`` puts units into it, in that order."""

    class Meta:
        model = DepartmentGroup
        skip_postgeneration_save = True

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    name = factory.Sequence(lambda n: f"各街道{n}")

    @factory.post_generation
    def members(self, create, extracted, **kwargs):
        for position, unit in enumerate(extracted or ()):
            GroupMember.objects.create(group=self, department=unit, position=position)


class DepartmentAliasFactory(DjangoModelFactory):
    class Meta:
        model = DepartmentAlias

    department = factory.SubFactory(DepartmentFactory)
    jurisdiction = factory.LazyAttribute(lambda row: (row.department or row.group).jurisdiction)
    text = factory.Sequence(lambda n: f"别名{n}")
    plain = factory.SelfAttribute("text")


@cache
def _password():
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory):
    """A person; ``grants={unit: [FILE_REPORT], jurisdiction: [OVERSEE]}`` gives him rights on those objects."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"王示例{n}")
    password = factory.LazyFunction(_password)
    department = None
    jurisdiction = factory.LazyAttribute(lambda row: row.department.jurisdiction if row.department else None)

    @factory.post_generation
    def grants(self, create, extracted, **kwargs):
        for on, perms in (extracted or {}).items():
            for perm in perms:
                assign_perm(perm, self, on)


class AuditEventFactory(DjangoModelFactory):
    class Meta:
        model = AuditEvent

    at = factory.LazyFunction(clock.now)
    action = "unit.rename"
    object_type = "departments.department"
    object_id = "1"
    object_name = "示例单位"
