"""How far each grant reaches, and who may give one (design §4)."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from guardian.shortcuts import assign_perm, get_objects_for_user

from departments.errors import DomainError
from departments.models import AuditEvent, Department, Jurisdiction, JurisdictionUserGrant
from departments.permissions import (
    ADMINISTER,
    AUDIT,
    FILE_REPORT,
    IMPORT_TABLE,
    ON_DEPARTMENTS,
    ON_JURISDICTIONS,
    OVERSEE,
    REACHES_DOWN,
    REVIEW_REPORT,
    SUPERVISE,
    departments_granted,
    has_grant,
    holders,
    jurisdictions_granted,
)
from departments.services import grants
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    """A unit with a section, and another unit of the same jurisdiction."""
    unit = DepartmentFactory()
    return unit, DepartmentFactory(parent=unit), DepartmentFactory(jurisdiction=unit.jurisdiction)


@pytest.fixture
def tree():
    """A city, a zone in it, a street office's area in that zone, and another zone."""
    city = JurisdictionFactory()
    zone, other = JurisdictionFactory.create_batch(2, parent=city)
    return city, zone, JurisdictionFactory(parent=zone), other


@pytest.mark.parametrize("perm", ON_DEPARTMENTS)
def test_a_grant_on_a_unit_reaches_its_sections_and_no_other_unit(units, perm):
    unit, section, _other = units
    user = UserFactory(grants={unit: [perm]})

    assert set(departments_granted(user, perm)) == {unit, section}
    assert {row for row in units if has_grant(user, perm, row)} == {unit, section}


def test_a_grant_on_a_section_reaches_that_section_only(units):
    _unit, section, _other = units
    user = UserFactory(grants={section: [FILE_REPORT]})

    assert list(departments_granted(user, FILE_REPORT)) == [section]
    assert list(departments_granted(user, REVIEW_REPORT)) == []


@pytest.mark.parametrize("perm", ON_JURISDICTIONS)
def test_oversight_and_audit_reach_below_and_nothing_else_does(tree, perm):
    _city, zone, street, _other = tree
    user = UserFactory(grants={zone: [perm]})
    reached = {zone, street} if perm in REACHES_DOWN else {zone}

    assert set(jurisdictions_granted(user, perm)) == reached
    assert {row for row in tree if has_grant(user, perm, row)} == reached


def test_one_right_is_not_another(tree):
    city, *_below = tree
    user = UserFactory(grants={city: [AUDIT]})

    assert [perm for perm in ON_JURISDICTIONS if has_grant(user, perm, city)] == [AUDIT]
    assert set(jurisdictions_granted(user, SUPERVISE, AUDIT)) == set(tree)


def test_a_path_that_begins_alike_is_not_below():
    first = JurisdictionFactory()
    Jurisdiction.objects.filter(pk=first.pk).update(path="/1/")
    alike = JurisdictionFactory()
    Jurisdiction.objects.filter(pk=alike.pk).update(path="/11/")
    user = UserFactory(grants={first: [OVERSEE]})

    assert list(jurisdictions_granted(user, OVERSEE)) == [first]


def _model_wide(user):
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="departments"))


@pytest.mark.parametrize("kind", ["superuser", "model-wide", "group-wide", "inactive", "anonymous"])
def test_only_object_grants_open_anything_lists_and_single_alike(units, kind):
    unit, *_rest = units
    user = UserFactory(is_superuser=kind == "superuser", is_active=kind != "inactive")
    if kind == "model-wide":
        _model_wide(user)
    if kind == "group-wide":
        group = Group.objects.create(name="everything")
        group.permissions.set(Permission.objects.all())
        user.groups.add(group)
    if kind == "inactive":
        assign_perm(FILE_REPORT, user, unit)
        assign_perm(OVERSEE, user, unit.jurisdiction)
    if kind == "anonymous":
        user = AnonymousUser()

    assert list(departments_granted(user, *ON_DEPARTMENTS)) == []
    assert list(jurisdictions_granted(user, *ON_JURISDICTIONS)) == []
    assert not [perm for perm in ON_DEPARTMENTS if has_grant(user, perm, unit)]
    assert not [perm for perm in ON_JURISDICTIONS if has_grant(user, perm, unit.jurisdiction)]


def test_lists_and_single_agree_for_own_and_group_grants(units, tree):
    group = Group.objects.create(name="填报组")
    assign_perm(FILE_REPORT, group, units[0])
    assign_perm(OVERSEE, group, tree[1])
    member = UserFactory(is_superuser=True, grants={units[2]: [REVIEW_REPORT], tree[3]: [SUPERVISE]})
    member.groups.add(group)
    _model_wide(member)

    for perm in ON_DEPARTMENTS:
        single = {row for row in Department.objects.all() if has_grant(member, perm, row)}
        assert set(departments_granted(member, perm)) == single
        of_library = get_objects_for_user(member, perm, Department, accept_global_perms=False, with_superuser=False)
        assert set(departments_granted(member, perm).filter(parent=None)) == set(of_library.filter(parent=None))
    for perm in ON_JURISDICTIONS:
        single = {row for row in Jurisdiction.objects.all() if has_grant(member, perm, row)}
        assert set(jurisdictions_granted(member, perm)) == single
        of_library = get_objects_for_user(member, perm, Jurisdiction, accept_global_perms=False, with_superuser=False)
        assert set(of_library) == single or perm in REACHES_DOWN


def test_holders_are_the_active_people_whom_a_grant_reaches(units):
    unit, section, other = units
    group = Group.objects.create(name="审核组")
    assign_perm(REVIEW_REPORT, group, unit)
    own, by_group, gone = UserFactory(grants={section: [REVIEW_REPORT]}), UserFactory(), UserFactory(is_active=False)
    by_group.groups.add(group)
    gone.groups.add(group)
    UserFactory(grants={section: [FILE_REPORT], other: [REVIEW_REPORT]})

    assert set(holders(REVIEW_REPORT, section)) == {own, by_group}
    assert set(holders(REVIEW_REPORT, unit)) == {by_group}


@pytest.mark.parametrize("count", [1, 3])
def test_rights_are_asked_once_however_many_there_are(django_assert_num_queries, count):
    units = DepartmentFactory.create_batch(count)
    user = UserFactory(
        grants={row: [perm] for unit in units for row, perm in ((unit, FILE_REPORT), (unit.jurisdiction, OVERSEE))}
    )
    list(departments_granted(user, FILE_REPORT))
    list(jurisdictions_granted(user, OVERSEE))

    with django_assert_num_queries(1):
        assert len(departments_granted(user, FILE_REPORT)) == count
    with django_assert_num_queries(2):  # paths, then what is below them
        assert len(jurisdictions_granted(user, OVERSEE)) == count


@pytest.fixture
def zone():
    return JurisdictionFactory()


@pytest.fixture
def administrator(zone):
    return UserFactory(grants={zone: [ADMINISTER]})


def refused(act):
    """``act`` is refused, and nothing was granted and nothing recorded."""
    before = JurisdictionUserGrant.objects.count(), AuditEvent.objects.count()
    with pytest.raises(DomainError):
        act()
    assert (JurisdictionUserGrant.objects.count(), AuditEvent.objects.count()) == before


def test_an_administrator_gives_and_takes_and_both_are_recorded(zone, administrator):
    unit, user = DepartmentFactory(jurisdiction=zone), UserFactory()

    grants.give(FILE_REPORT, unit, to=user, by=administrator)
    assert has_grant(user, FILE_REPORT, unit)
    grants.take(FILE_REPORT, unit, of=user, by=administrator)

    assert not has_grant(user, FILE_REPORT, unit)
    assert sorted(AuditEvent.objects.values_list("action", "actor")) == [
        ("grant.give", administrator.pk),
        ("grant.take", administrator.pk),
    ]


def test_nobody_grants_to_himself(zone, administrator):
    refused(lambda: grants.give(IMPORT_TABLE, zone, to=administrator, by=administrator))


@pytest.mark.parametrize("perm", [perm for perm in ON_JURISDICTIONS if perm != ADMINISTER])
def test_only_an_administrator_of_that_jurisdiction_gives(zone, perm):
    outsider = UserFactory(is_superuser=True, grants={zone: [perm], JurisdictionFactory(): [ADMINISTER]})

    refused(lambda: grants.give(OVERSEE, zone, to=UserFactory(), by=outsider))


def test_a_right_that_does_not_belong_to_the_object_is_refused(zone, administrator):
    refused(lambda: grants.give(FILE_REPORT, zone, to=UserFactory(), by=administrator))
    refused(lambda: grants.give(OVERSEE, DepartmentFactory(jurisdiction=zone), to=UserFactory(), by=administrator))


def test_a_second_right_kept_apart_needs_a_second_administrator_and_a_reason(zone, administrator):
    user, second = UserFactory(grants={zone: [SUPERVISE]}), UserFactory(grants={zone: [ADMINISTER]})
    give = {"to": user, "by": administrator, "reason": "两人轮岗"}

    refused(lambda: grants.give(AUDIT, zone, **give))
    refused(lambda: grants.give(AUDIT, zone, **give, second=administrator))
    refused(lambda: grants.give(AUDIT, zone, **give, second=user))
    refused(lambda: grants.give(AUDIT, zone, **give, second=UserFactory()))
    refused(lambda: grants.give(AUDIT, zone, **{**give, "reason": " "}, second=second))
    grants.give(AUDIT, zone, **give, second=second)

    assert has_grant(user, AUDIT, zone)
    assert AuditEvent.objects.get().details["second"] == second.pk


def test_rights_that_are_not_kept_apart_may_be_joined(zone, administrator):
    user = UserFactory(grants={zone: [SUPERVISE]})

    grants.give(OVERSEE, zone, to=user, by=administrator)
    grants.give(IMPORT_TABLE, zone, to=user, by=administrator)

    assert has_grant(user, OVERSEE, zone)
    assert has_grant(user, IMPORT_TABLE, zone)
