"""Many rows at once are written as Django writes them one by one: value by value, as the database holds them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import JSONField

from departments.bulk import fetch_few, insert_columns, insert_rows, new_row, update_rows
from departments.models import AuditEvent
from projects.models import Deliverable, LightOverride, Milestone, Responsibility, SubItem, SubItemRevision, Target
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import (
    DeliverableFactory,
    LightOverrideFactory,
    MilestoneFactory,
    ProjectFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db


def stored(model):
    """All of a table but the keys, as it is stored; JSON by what it says, since blanks and escapes say nothing."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {model._meta.db_table} ORDER BY id")
        found = cursor.fetchall()
    kept = [isinstance(field, JSONField) for field in fields]
    return [
        tuple(
            json.loads(value) if is_json and value is not None else value
            for value, is_json in zip(row, kept, strict=True)
        )
        for row in found
    ]


def undone(write, rows):
    """What is stored after ``write``, which is then taken back."""
    point = transaction.savepoint()
    write(rows)
    found = stored(type(rows[0]))
    transaction.savepoint_rollback(point)
    return found


def sub_items():
    project = ProjectFactory()
    own = {"programme": project.programme, "project": project, "content": "新建公园。"}
    return [
        SubItem(**own, position=1, code="A-1", extra={"其他": None, "数": [1, 2.5]}, source_row=None, light="red"),
        SubItem(**own, position=2, code="A-2", kind=SubItem.Kind.TRAINING, deadline=date(2023, 12, 31), planned=5),
        SubItem(**own, position=3, code="A-3", deadline_firm=0, percent="7.5", planned=Decimal("1.50"), serial="x" * 9),
    ]


def targets():
    item = SubItemFactory()
    return [
        Target(sub_item=item, position=1, text="“引号”'%s", kind=Target.Kind.COUNT, minimum=3, maximum="4.5"),
        Target(sub_item=item, position=2, text="", approx=True, superseded_at=datetime(2023, 5, 1, 12, tzinfo=UTC)),
    ]


def responsibilities():
    item, unit = SubItemFactory(), DepartmentFactory()
    return [
        Responsibility(sub_item=item, department=unit, role=Responsibility.Role.LEAD, order=1, files=True),
        Responsibility(sub_item=item, role="assist", order=2, stated_as="各街道", since=date(2023, 5, 1)),
    ]


@pytest.mark.parametrize("make", [sub_items, targets, responsibilities])
@pytest.mark.parametrize("keys", [False, True])
def test_new_rows_are_stored_as_django_stores_them(make, keys):
    rows = make()
    expected = undone(type(rows[0])._base_manager.bulk_create, rows)
    for row in rows:
        row.pk = None

    assert undone(lambda rows: insert_rows(rows, keys=keys), rows) == expected
    assert len(expected) == len(rows)


@pytest.mark.parametrize("make", [sub_items, targets, responsibilities])
def test_a_new_row_is_the_one_that_its_model_would_make(make):
    for row in make():
        said = {field.attname: vars(row)[field.attname] for field in row._meta.concrete_fields}
        few = {name: value for name, value in said.items() if value not in (None, "", False, {})}
        made, expected = new_row(type(row), **few), type(row)(**few)

        assert {name: vars(made)[name] for name in said} == {name: vars(expected)[name] for name in said}
        assert (made._state.adding, made._state.db, made.pk) == (True, None, None)


def test_a_new_row_has_defaults_of_its_own_and_those_it_refers_to(django_assert_num_queries):
    item = SubItemFactory()
    one, two = (new_row(Target, {"sub_item": item}, position=place) for place in (1, 2))
    with django_assert_num_queries(0):
        assert (one.sub_item_id, one.sub_item, two.sub_item) == (item.pk, item, item)
    with pytest.raises(TypeError, match="wrong"):
        new_row(Target, wrong=1)
    first, second = (new_row(SubItem, {"programme": item.programme}) for _place in (1, 2))
    assert first.extra == second.extra == {}
    assert first.extra is not second.extra


def test_keys_are_those_that_the_database_would_give():
    before = SubItemFactory()
    first, *_more, last = insert_rows(sub_items(), keys=True)
    after = SubItemFactory()

    assert before.pk < first.pk < last.pk < after.pk
    assert SubItem.objects.get(pk=last.pk).code == "A-3"
    assert not first._state.adding


def test_a_key_is_never_given_twice():
    gone = insert_rows(sub_items(), keys=True)[-1].pk
    SubItem.objects.filter(pk=gone).delete()

    assert insert_rows([SubItemFactory.build(project=ProjectFactory())], keys=True)[0].pk > gone


def test_without_rows_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(insert_rows([])) == []
        update_rows([], ["text"])
        fetch_few([], "milestones")


def test_a_row_takes_over_the_key_of_what_was_written_meanwhile():
    item = SubItemFactory()
    deliverable = Deliverable(sub_item=item, position=1, marker="①", text="甲")
    target = Target(sub_item=item, position=1, text="甲", deliverable=deliverable)
    with pytest.raises(ValueError, match="not written yet"), transaction.atomic():
        insert_rows([target])
    insert_rows([deliverable], keys=True)
    insert_rows([target])

    assert Target.objects.get().deliverable == deliverable


def test_what_the_database_refuses_leaves_nothing():
    rows = sub_items()
    rows[2].position = 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(rows)

    assert not SubItem.objects.exists()


def test_bare_values_are_stored_as_rows_are():
    rows = [
        SubItemRevision(sub_item=item, number=1, at=datetime(2023, 5, 1, tzinfo=UTC), plan={"甲": None}, reason="因")
        for item in SubItemFactory.create_batch(2)
    ]
    expected = undone(SubItemRevision.objects.bulk_create, rows)
    columns = {"sub_item_id": [row.sub_item_id for row in rows], "plan": [row.plan for row in rows]}

    insert_columns(SubItemRevision, columns, number=1, at=rows[0].at, reason="因")
    assert stored(SubItemRevision) == expected


def test_no_values_are_no_rows():
    insert_columns(SubItemRevision, {"sub_item_id": [], "plan": []}, number=1)

    assert not SubItemRevision.objects.exists()


def test_more_rows_than_one_statement_holds():
    item = SubItemFactory()
    insert_rows([Deliverable(sub_item=item, position=place, text="甲") for place in range(1, 1203)])

    assert list(Deliverable.objects.values_list("position", flat=True)) == list(range(1, 1203))


def test_what_few_have_is_fetched_for_all(django_assert_num_queries):
    first, second, third = items = SubItemFactory.create_batch(3)
    late, early = (MilestoneFactory(sub_item=second, due_on=date(2023, month, 1)) for month in (9, 3))
    override = LightOverrideFactory(sub_item=third)

    fetch_few(items, "milestones", "overrides")
    with django_assert_num_queries(0):
        assert [list(one.milestones.all()) for one in items] == [[], [early, late], []]
        assert [list(one.overrides.all()) for one in items] == [[], [], [override]]
    fresh = MilestoneFactory(sub_item=first)
    assert list(Milestone.objects.filter(sub_item=first)) == [fresh]
    assert LightOverride.objects.count() == 1


def test_a_change_of_many_is_stored_as_django_stores_it():
    one, other = DeliverableFactory(text="甲"), DeliverableFactory(text="乙")
    one.text, other.text, other.marker = "丙%s", "", "②"
    update_rows([one, other], ["text", "marker"])

    assert list(Deliverable.objects.order_by("pk").values_list("text", "marker")) == [("丙%s", "①"), ("", "②")]
    assert not AuditEvent.objects.exists()  # whoever writes says so himself
