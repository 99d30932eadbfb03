"""Names nobody knows: answered on the import, changed until it is confirmed, written to the units only then."""

import pytest
from django.urls import reverse

from departments.errors import Conflict, DomainError
from departments.models import AuditEvent, Department, DepartmentAlias
from departments.permissions import IMPORT_TABLE
from minsheng.task_table import answers, names, services, steps
from minsheng.task_table.corrections import standing
from minsheng.task_table.decisions import Choice, MustChoose
from projects.models import Programme, Responsibility
from tests.factories.departments import JurisdictionFactory, UserFactory

KNOWN = "财政金融局"
NEW = "示例服务中心"
ALIAS = "交通局"  # like 城乡建设和交通局


@pytest.fixture
def batch(stage, table):
    """Two rows with a name nobody knows, one with another, and an open group in two."""
    return stage(table((NEW, "试点街道"), (KNOWN, NEW), (KNOWN, f"{ALIAS}、试点街道")))


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def domain():
    return (
        sorted(Department.objects.values_list("name", flat=True)),
        sorted(DepartmentAlias.objects.values_list("text", flat=True)),
        AuditEvent.objects.filter(action__startswith="unit.").count(),
    )


def open_names(batch):
    return {name.written: sorted(name.rows) for name in names.unanswered(fresh(batch).rows.order_by("position"))}


def unit(name):
    return Department.objects.get(name=name)


def address(batch, name="unknown"):
    return reverse(f"task_table:{name}", args=[batch.pk])


def test_every_open_name_is_asked_once_with_its_rows(batch):
    assert open_names(batch) == {NEW: [2, 3], "试点街道": [2, 4], ALIAS: [4]}


def test_answers_write_nothing_before_the_commit_and_exactly_that_with_it(batch, importer):
    before = domain()
    names.answer(batch, NEW, "new", by=importer)
    names.answer(batch, ALIAS, f"unit:{unit('城乡建设和交通局').pk}", by=importer)

    assert domain() == before
    rows = list(fresh(batch).rows.order_by("position"))
    made = answers.to_make(fresh(batch), rows)
    assert (made.units, made.aliases) == ([NEW], [(ALIAS, "城乡建设和交通局")])
    programme = services.commit(batch, by=importer)

    units, aliases, events = domain()
    assert (sorted(set(units) - set(before[0])), sorted(set(aliases) - set(before[1]))) == ([NEW], [ALIAS])
    assert events == before[2] + 2
    filed = Responsibility.objects.filter(sub_item__programme=programme, files=True).order_by("sub_item__position")
    assert [one.department.name for one in filed] == [NEW, KNOWN, KNOWN]
    assists = Responsibility.objects.filter(role="assist", department__isnull=False)
    assert sorted(assists.values_list("department__name", "stated_as")) == [
        ("城乡建设和交通局", ALIAS),
        (NEW, NEW),
    ]
    created = AuditEvent.objects.filter(action="unit.create").latest("pk")
    assert (created.actor, created.details["name"]) == (importer, NEW)


def test_discarded_import_leaves_the_units_as_they_were(batch, importer):
    before = domain()
    names.answer(batch, NEW, "new", by=importer)

    services.discard(batch, by=importer)

    assert domain() == before


def test_refused_commit_makes_no_unit(stage, table, importer):
    batch = stage(table((NEW, ""), ("各街道", "")))
    names.answer(batch, NEW, "new", by=importer)
    before = domain()

    with pytest.raises(MustChoose):
        services.commit(batch, by=importer)

    assert (domain(), Programme.objects.count()) == (before, 0)


def test_answer_is_changed_until_the_commit_and_what_hung_on_it_goes(stage, table, importer, zone):
    batch = stage(table(("各街道", NEW), (NEW, "")))
    names.answer(batch, NEW, "new", by=importer)
    (key,) = answers.pending_units(fresh(batch))
    group = batch.rows.get(position=1)
    choice = Choice(filing=unit("柳行街道").pk)
    services.decide(batch, {group.row: choice}, by=importer)

    names.answer(batch, NEW, f"unit:{unit(KNOWN).pk}", seen="new", by=importer)

    assert key < 0
    assert answers.pending_units(fresh(batch)) == {}
    services.commit(batch, by=importer)
    assert not Department.objects.filter(name=NEW).exists()
    assert DepartmentAlias.objects.get(text=NEW).department == unit(KNOWN)


def test_new_unit_can_be_chosen_for_an_open_group_before_it_is_there(stage, table, importer):
    batch = stage(table((KNOWN, f"试点街道、{NEW}")))
    names.answer(batch, NEW, "new", by=importer)
    (key,) = answers.pending_units(fresh(batch))
    names.name_group(batch, "试点街道", [key], seen=[], by=importer)

    services.commit(batch, by=importer)

    made = unit(NEW)
    row = batch.rows.get(position=1)
    assert row.decisions["named"] == {"试点街道": [made.pk]}
    assert fresh(batch).names["示例服务中心"]["match"]["units"] == [made.pk]


def test_slip_is_no_alias(batch, importer):
    names.answer(batch, ALIAS, f"unit:{unit('城乡建设和交通局').pk}", remember=False, by=importer)

    services.commit(batch, by=importer, choices={2: Choice(filing=unit(KNOWN).pk)})

    assert not DepartmentAlias.objects.filter(text=ALIAS).exists()
    assert Responsibility.objects.filter(stated_as=ALIAS, department=unit("城乡建设和交通局")).exists()


def test_name_that_was_corrected_away_makes_nothing(batch, importer):
    names.answer(batch, NEW, "new", by=importer)
    known = standing(batch.rows.get(position=2), "units")["units"]["lead"]
    for position in (1, 2):
        row = batch.rows.get(position=position)
        values = {"lead_units": [KNOWN], "assisting_units": [], "units": {"lead": known, "assist": []}}
        steps.correct(batch, row.row, "units", values, seen=0, by=importer)

    services.commit(batch, by=importer)

    assert not Department.objects.filter(name=NEW).exists()


def test_second_answer_of_somebody_else_is_told_and_does_not_overwrite(batch, importer, zone):
    names.answer(batch, NEW, "new", by=importer)

    with pytest.raises(Conflict, match=r"已由.+答复"):
        names.answer(batch, NEW, f"unit:{unit(KNOWN).pk}", by=UserFactory(grants={zone: [IMPORT_TABLE]}))

    assert fresh(batch).names["示例服务中心"]["meaning"] == "new"


def test_unit_of_the_name_made_meanwhile_stops_the_commit(batch, importer, zone):
    names.answer(batch, NEW, "new", by=importer)
    Department.objects.create(jurisdiction=zone, name=NEW, order=999)

    with pytest.raises(Conflict, match="已是单位"):
        services.commit(batch, by=importer)

    assert Programme.objects.count() == 0


@pytest.mark.parametrize("meaning", ["unit:0", "unit:-7", "group:0", "nonsense", "unit:"])
def test_what_is_not_offered_is_refused(batch, importer, meaning):
    with pytest.raises(DomainError):
        names.answer(batch, NEW, meaning, by=importer)

    assert fresh(batch).names == {}


def test_unit_of_another_jurisdiction_is_refused(batch, importer):
    other = Department.objects.create(jurisdiction=JurisdictionFactory(), name="外地单位")

    with pytest.raises(DomainError):
        names.answer(batch, NEW, f"unit:{other.pk}", by=importer)


def test_name_too_long_for_a_unit_is_said_at_once(stage, table, importer):
    name = f"{'示' * 78}服务中心"
    batch = stage(table((name, "")))

    with pytest.raises(DomainError, match="过长"):
        names.answer(batch, name, "new", by=importer)


def test_open_group_is_named_in_all_its_rows_and_not_where_one_says_otherwise(batch, importer):
    third = batch.rows.get(position=3)
    services.decide(batch, {third.row: Choice(named={"试点街道": [unit("王因街道").pk]})}, by=importer)

    rows = names.name_group(batch, "试点街道", [unit("柳行街道").pk], seen=[], by=importer)

    assert rows == [2]
    third.refresh_from_db()
    assert third.decisions["named"] == {"试点街道": [unit("王因街道").pk]}


# --- the page


def filled(page, **typed):
    form = page.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list):
            data[bound.name] = value
        elif value not in (None, "", False):
            data[bound.name] = "on" if value is True else value
    return {**data, **typed}


def place(page, written):
    return next(n for n, name in enumerate(page.context["form"].names) if name.written == written)


def test_all_new_is_looked_at_before_it_is_kept(alice, batch):
    before = domain()

    looked = alice.post(address(batch), {"all_new": "1"})

    assert (looked.status_code, fresh(batch).names) == (200, {})
    assert looked.context["form"][f"name-{place(looked, NEW)}"].value() == "new"
    kept = alice.post(address(batch), filled(looked))
    assert kept.status_code == 302
    assert {one["meaning"] for one in fresh(batch).names.values()} == {"new"}
    assert domain() == before


def test_names_of_several_units_are_never_set_to_new_units(alice, stage, table):
    batch = stage(table((NEW, "各乡镇"), (KNOWN, "相关部门、有关企业")))

    looked = alice.post(address(batch), {"all_new": "1"})

    values = {
        name.written: looked.context["form"][f"name-{n}"].value()
        for n, name in enumerate(looked.context["form"].names)
        if f"name-{n}" in looked.context["form"].fields
    }
    assert values.pop(NEW) == "new"
    assert values
    assert set(values.values()) == {""}


def test_answered_names_stay_on_the_page_and_count_as_answered(alice, batch):
    page = alice.get(address(batch))
    alice.post(address(batch), filled(page, **{f"name-{place(page, NEW)}": "new"}))

    page = alice.get(address(batch))
    assert page.context["form"][f"name-{place(page, NEW)}"].value() == "new"
    progress = alice.get(address(batch, "batch")).context["progress"]
    assert (progress.points, progress.answered_points) == (5, 2)  # with the name it is said who files the first row
    opened = alice.post(address(batch), filled(page, **{f"name-{place(page, NEW)}": ""}))
    assert (opened.status_code, fresh(batch).names) == (302, {})


def test_page_tells_at_the_field_what_somebody_else_answered(alice, batch, importer):
    page = alice.get(address(batch))
    names.answer(batch, NEW, f"unit:{unit(KNOWN).pk}", by=importer)

    response = alice.post(address(batch), filled(page, **{f"name-{place(page, NEW)}": "new"}))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [f"name-{place(page, NEW)}"])
    assert fresh(batch).names["示例服务中心"]["meaning"] == f"unit:{unit(KNOWN).pk}"


def test_of_several_answers_all_are_kept_or_none_and_what_was_chosen_stays(alice, batch, importer):
    page = alice.get(address(batch))
    names.answer(batch, NEW, f"unit:{unit(KNOWN).pk}", by=importer)
    keys = [str(unit("柳行街道").pk)]
    mine = {f"name-{place(page, NEW)}": "new", f"units-{place(page, '试点街道')}": keys}
    before = fresh(batch)

    refused = alice.post(address(batch), filled(page, **mine))

    now = fresh(batch)
    assert (refused.status_code, now.names, now.version) == (422, before.names, before.version)
    assert [row.decisions for row in batch.rows.order_by("position")] == [{}, {}, {}]
    form = refused.context["form"]
    assert (form[f"name-{place(refused, NEW)}"].value(), form[f"units-{place(refused, '试点街道')}"].value()) == (
        "new",
        keys,
    )
    kept = alice.post(address(batch), filled(refused))  # having seen both, he keeps his
    assert (kept.status_code, fresh(batch).names["示例服务中心"]["meaning"]) == (302, "new")
    assert fresh(batch).version == before.version + 1
    assert "试点街道" not in open_names(batch)


def test_answer_follows_its_name_where_the_places_moved(alice, batch, importer):
    page = alice.get(address(batch))
    data = filled(page, **{f"name-{place(page, ALIAS)}": "new"})
    steps.leave_out(batch, 2, reason="不列入", by=importer)
    steps.leave_out(batch, 3, reason="不列入", by=importer)
    assert place(alice.get(address(batch)), ALIAS) != place(page, ALIAS)

    assert alice.post(address(batch), data).status_code == 302
    assert {one["written"] for one in fresh(batch).names.values()} == {ALIAS}
    gone = alice.post(address(batch), filled(page, **{f"name-{place(page, NEW)}": "new"}))
    assert (gone.status_code, gone.context["form"].non_field_errors()) == (422, [f"“{NEW}”已不再待定。"])


def test_open_groups_are_named_on_the_page(alice, batch):
    page = alice.get(address(batch))
    keys = [unit("柳行街道").pk, unit("王因街道").pk]

    alice.post(address(batch), filled(page, **{f"units-{place(page, '试点街道')}": keys}))

    assert [row.decisions.get("named") for row in batch.rows.order_by("position")] == [
        {"试点街道": keys},
        None,
        {"试点街道": keys},
    ]
    assert "试点街道" not in open_names(batch)


def test_what_is_made_is_listed_where_it_is_confirmed(alice, batch, importer):
    names.answer(batch, NEW, "new", by=importer)

    for page in (alice.get(address(batch, "batch")), alice.get(address(batch, "confirm"))):
        assert page.context["to_make"].units == [NEW]
        assert "将新增1个单位" in page.content.decode()


def test_importer_of_another_jurisdiction_answers_nothing(client, batch):
    client.force_login(UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]}))

    response = client.post(address(batch), {"name-0": "new", "written-0": NEW})

    assert (response.status_code, fresh(batch).names) == (404, {})
