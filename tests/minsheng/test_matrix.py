"""The permission matrix: every address of the portal, asked for by every kind of person.

An address that is added and not listed here fails the test; so does one whose answer to anybody changes.
"""

from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files import File
from django.urls import URLPattern, get_resolver, reverse

from departments import clock
from departments.models import GrantRequest
from departments.permissions import (
    ADMINISTER,
    AUDIT,
    FILE_REPORT,
    IMPORT_TABLE,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
)
from minsheng.task_table import services
from projects.models import Responsibility
from tests.factories.departments import (
    DepartmentAliasFactory,
    DepartmentFactory,
    DepartmentGroupFactory,
    JurisdictionFactory,
    UserFactory,
)
from tests.factories.projects import (
    ApprovalKeptFactory,
    DayOverrideFactory,
    ExceptionEndFactory,
    ExceptionRequestFactory,
    FilingExceptionFactory,
    LetGoFactory,
    ResponsibilityFactory,
)
from tests.minsheng.life import submitted

TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "task_table_2023.xlsx"
PEOPLE = (
    "nobody",  # not signed in
    "clerk",  # files for the unit
    "reviewer",  # reviews for the unit
    "assistant",  # files for a unit that assists
    "stranger",  # files for another unit of the same jurisdiction
    "office",
    "leader",
    "leader_above",  # oversees the jurisdiction above
    "importer",
    "administrator",
    "auditor",
    "office_elsewhere",  # supervises and imports, in another jurisdiction
    "superuser",  # with no grant
)
SIGNED_IN = PEOPLE[1:]
SIGN_IN = "sign-in"  # sent to the sign-in page
AWAY = 302  # sent on, to another page of his


def row(default, **others):
    """What each person gets: the sign-in page for nobody, ``default`` for all but the named ones."""
    by_person = dict.fromkeys(SIGNED_IN, default) | {"nobody": SIGN_IN}
    for people, status in others.items():
        assert people in by_person
        by_person[people] = status
    return by_person


def only(status, *people, otherwise):
    return row(otherwise, **dict.fromkeys(people, status))


READERS = ("clerk", "reviewer", "assistant", "office", "leader", "leader_above")
REVIEWERS = ("reviewer", "assistant", "office", "office_elsewhere")
OVERSEERS = ("office", "leader", "leader_above")
IMPORTERS = ("importer", "office_elsewhere")

OFFICE_PAGES = (
    *("units", "unit_add", "unit", "groups", "group_add", "group", "sources", "source_add", "source"),
    *("people", "person_add", "person", "requests", "exchange", "exchange_upload", "exchange_export"),
    *("units_export", "people_export", "groups_export", "sources_export", "office"),
)

PERSON_PAGES = (
    *("person", "person_password", "person_active"),
    *("person_unit_right", "person_area_right", "person_right_take"),
)
FORMS = (
    *("unit_add", "unit", "unit_place", "unit_close", "unit_alias", "unit_right", "group_add", "group", "group_alias"),
    *("source_add", "source", "person_add", "person", "person_unit_right", "person_area_right"),
)

# (name, method) → person → status. A POST sends no content: 404 and 403 must not depend on it.
MATRIX = {
    ("set_language", "post"): row(400, nobody=400),
    ("home", "get"): row(200, leader=AWAY, leader_above=AWAY),
    ("dashboard:overview", "get"): only(AWAY, *OVERSEERS, otherwise=404) | {"office_elsewhere": 200},
    ("dashboard:overview-of", "get"): only(200, *OVERSEERS, otherwise=404),
    ("dashboard:overview_export", "get"): only(200, *OVERSEERS, otherwise=404),
    ("dashboard:sub_items", "get"): only(AWAY, *READERS, otherwise=200),
    ("dashboard:list", "get"): only(200, *READERS, otherwise=404),
    ("dashboard:list_export", "get"): only(200, *READERS, otherwise=404),
    ("dashboard:sub_item", "get"): only(200, *READERS, otherwise=404),
    ("milestones:edit", "get"): only(403, *READERS, otherwise=404) | {"office": 200},
    ("milestones:edit", "post"): only(403, *READERS, otherwise=404) | {"office": 422},
    ("handover:sub_item", "get"): only(403, *READERS, otherwise=404) | {"office": 200},
    ("handover:sub_item", "post"): only(403, *READERS, otherwise=404) | {"office": 422},
    ("handover:programme", "get"): only(403, *OVERSEERS, otherwise=404) | {"office": 200},
    ("handover:programme", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": 422},
    ("filing:due", "get"): row(200),
    ("filing:report", "get"): only(403, *READERS, otherwise=404) | {"clerk": 200},
    ("filing:report", "post"): only(403, *READERS, otherwise=404) | {"clerk": 422},
    ("filing:autosave", "post"): only(403, *READERS, otherwise=404) | {"clerk": 200},
    ("filing:check", "post"): only(403, *READERS, otherwise=404) | {"clerk": 200},
    # The report is filed: there is nothing to ask for.
    ("filing:exception", "get"): only(403, *READERS, otherwise=404) | {"clerk": AWAY},
    ("filing:exception", "post"): only(403, *READERS, otherwise=404) | {"clerk": 422},
    ("filing:exception_noted", "post"): row(404, clerk=AWAY),
    ("filing:end_noted", "post"): row(404, clerk=AWAY),
    ("filing:let_go_noted", "post"): row(404, clerk=AWAY),
    ("filing:kept_noted", "post"): row(404, clerk=AWAY),
    ("filing:contribute", "get"): only(403, *READERS, otherwise=404) | {"assistant": 200},
    ("filing:contribute", "post"): only(403, *READERS, otherwise=404) | {"assistant": 422},
    ("filing:contribute_autosave", "post"): only(403, *READERS, otherwise=404) | {"assistant": 200},
    ("filing:assign", "get"): only(403, *READERS, otherwise=404) | {"clerk": 200, "office": 200},
    ("filing:assign", "post"): only(403, *READERS, otherwise=404) | {"clerk": AWAY, "office": AWAY},
    ("review:queue", "get"): only(200, *REVIEWERS, otherwise=404),
    ("review:report", "get"): only(200, "reviewer", "office", otherwise=404),
    ("review:report", "post"): only(422, "reviewer", "office", otherwise=404),
    ("review:bulk", "post"): only(AWAY, *REVIEWERS, otherwise=404),
    ("review:versions", "get"): only(200, "reviewer", "office", otherwise=404),
    ("review:take_over", "get"): row(404, reviewer=403, office=AWAY),
    ("review:take_over", "post"): row(404, reviewer=403, office=422),
    ("review:reopen", "get"): row(404, reviewer=403, office=AWAY),
    ("review:reopen", "post"): row(404, reviewer=403, office=422),
    ("review:recheck", "get"): row(404, reviewer=403, office=AWAY),
    ("review:recheck", "post"): row(404, reviewer=403, office=422),
    ("review:run_out", "get"): row(404, reviewer=403, office=AWAY),
    ("review:run_out", "post"): row(404, reviewer=403, office=422),
    ("periods:request", "get"): only(403, *OVERSEERS, otherwise=404) | {"office": 200},
    ("periods:request", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": 422},
    ("periods:newest", "get"): row(404, office=AWAY, office_elsewhere=200),
    **{
        (f"periods:{page}", "get"): only(403, *OVERSEERS, otherwise=404) | {"office": 200}
        for page in ("periods", "units", "unfiled", "export", "settings", "calendar", "due", "exceptions")
    },
    **{
        (f"periods:{page}", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": 422}
        for page in ("settings", "calendar", "due", "exceptions")
    },
    ("programmes:settings", "get"): only(403, *OVERSEERS, otherwise=404) | {"office": 200},
    ("programmes:settings", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": 422},
    ("periods:end_exception", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": AWAY},
    ("periods:forget_day", "post"): only(403, *OVERSEERS, otherwise=404) | {"office": AWAY},
    ("task_table:batches", "get"): only(200, *IMPORTERS, otherwise=403),
    ("progress", "get"): row(200),
    ("task_table:upload", "get"): only(200, *IMPORTERS, otherwise=403),
    ("task_table:upload", "post"): only(422, *IMPORTERS, otherwise=403),
    ("task_table:batch", "get"): only(200, "importer", otherwise=404),
    ("task_table:row", "get"): only(302, "importer", otherwise=404),  # by itself it is a part of the page
    ("task_table:part", "get"): only(200, "importer", otherwise=404),
    ("task_table:part", "post"): only(422, "importer", otherwise=404),
    ("task_table:take_back", "post"): only(302, "importer", otherwise=404),
    ("task_table:accept", "post"): only(302, "importer", otherwise=404),
    ("task_table:confirm", "get"): only(200, "importer", otherwise=404),
    ("task_table:use_again", "post"): only(302, "importer", otherwise=404),
    ("task_table:default", "post"): only(422, "importer", otherwise=404),
    ("task_table:unknown", "get"): only(200, "importer", otherwise=404),
    ("task_table:unknown", "post"): only(422, "importer", otherwise=404),
    ("task_table:columns", "get"): only(200, "importer", otherwise=404),
    ("task_table:columns", "post"): only(422, "importer", otherwise=404),
    ("task_table:leave_out", "get"): only(200, "importer", otherwise=404),
    ("task_table:leave_out", "post"): only(422, "importer", otherwise=404),
    ("task_table:ask_again", "post"): only(302, "importer", otherwise=404),
    ("task_table:take_in", "post"): only(302, "importer", otherwise=404),
    ("task_table:decide", "post"): only(422, "importer", otherwise=404),
    ("task_table:commit", "post"): only(422, "importer", otherwise=404),
    ("task_table:again", "get"): only(200, "importer", otherwise=404),
    ("task_table:discard", "post"): only(302, "importer", otherwise=404),
    ("task_table:apart", "post"): only(302, "importer", otherwise=404),
    ("task_table:tables", "post"): only(302, "importer", otherwise=404),
    ("task_table:undo", "post"): only(422, "importer", otherwise=404),
    ("task_table:source", "get"): only(200, "importer", otherwise=404),
    ("task_table:flat", "get"): only(200, "importer", otherwise=404),
    ("task_table:flat", "post"): only(422, "importer", otherwise=404),
    ("task_table:flat_export", "get"): only(200, "importer", otherwise=404),
    ("task_table:flat_confirm", "post"): only(409, "importer", otherwise=404),
    ("task_table:again_begin", "post"): only(422, "importer", otherwise=404),
    ("task_table:again_match", "post"): only(302, "importer", otherwise=404),  # it is no update yet
    ("task_table:again_decide", "post"): only(302, "importer", otherwise=404),
    ("task_table:again_commit", "post"): only(302, "importer", otherwise=404),
    **{(f"office:{page}", "get"): only(200, "administrator", otherwise=404) for page in OFFICE_PAGES},
    **{
        (f"office:{page}", "post"): only(422, "administrator", otherwise=404)
        for page in (
            "office",
            "unit_add",
            "unit",
            "unit_place",
            "unit_close",
            "unit_alias",
            "unit_right",
            "group_add",
            "group",
            "group_alias",
            "source_add",
            "source",
            "person_add",
            "person",
            "person_unit_right",
            "person_area_right",
        )
    },
    **{
        (f"office:{page}", "post"): only(AWAY, "administrator", otherwise=404)
        for page in ("unit_reopen", "alias_remove", "source_place", "person_active", "request")
    },
    ("office:person_password", "post"): only(200, "administrator", otherwise=404),
    ("office:person_right_take", "post"): row(404),  # names no right: the right's own tests are in the office's room
    ("office:exchange_upload", "post"): only(422, "administrator", otherwise=404),
    ("office:exchange_confirm", "post"): only(409, "administrator", otherwise=404),
    ("office:audit", "get"): only(200, "auditor", otherwise=404),
    ("office:audit_export", "get"): only(200, "auditor", otherwise=404),
    ("account_login", "get"): row(AWAY, nobody=200),
    ("account_logout", "get"): row(200),
    ("account_change_password", "get"): row(200),
    ("account_reauthenticate", "get"): row(200),
}


@pytest.fixture
def place(world):
    """One of everything that an address can name, and one of each kind of person."""
    above = JurisdictionFactory()
    world.jurisdiction.parent, world.jurisdiction.path = above, f"{above.path}{world.jurisdiction.pk}/"
    world.jurisdiction.save()
    elsewhere = JurisdictionFactory()
    assisting = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=assisting, role=Responsibility.Role.ASSIST)
    report = submitted(world)
    people = {
        "nobody": None,
        "clerk": world.clerk,
        "reviewer": world.reviewer(),
        "assistant": UserFactory(grants={assisting: [FILE_REPORT, REVIEW_REPORT]}),
        "stranger": world.stranger,
        "office": world.office,
        "leader": world.leader,
        "leader_above": UserFactory(grants={above: [OVERSEE]}),
        "importer": UserFactory(grants={world.jurisdiction: [IMPORT_TABLE]}),
        "administrator": UserFactory(grants={world.jurisdiction: [ADMINISTER]}),
        "auditor": UserFactory(grants={above: [AUDIT]}),
        "office_elsewhere": UserFactory(grants={elsewhere: [SUPERVISE, IMPORT_TABLE]}),
        "superuser": UserFactory(is_superuser=True, is_staff=True),
    }
    batch = services.stage(
        File(BytesIO(TABLE.read_bytes()), name="任务表.xlsx"),
        jurisdiction=world.jurisdiction,
        year=2023,
        programme="重点工作",
        by=people["importer"],
    )
    kept = UserFactory(department=assisting)
    right = GrantRequest.objects.create(
        person=kept,
        right=AUDIT,
        jurisdiction=world.jurisdiction,
        reason="轮岗",
        asked_by=UserFactory(),
        asked_at=clock.now(),
    )
    group = DepartmentGroupFactory(jurisdiction=world.jurisdiction, members=[assisting])
    alias = DepartmentAliasFactory(department=assisting)
    return SimpleNamespace(
        world=world,
        report=report,
        assisting=assisting,
        batch=batch,
        row=batch.rows.get(position=1).row,
        people=people,
        kept=kept,
        right=right,
        group=group,
        alias=alias,
        asked=ExceptionRequestFactory(period=world.august, department=world.unit),
        exception=FilingExceptionFactory(period=world.september, until=date(2023, 10, 9)),
        ended=ExceptionEndFactory(exception__period=world.august, department=world.unit),
        let_go=LetGoFactory(event=report.events.first(), department=world.unit),
        stands=ApprovalKeptFactory(event=report.events.first(), department=world.unit),
        day=DayOverrideFactory(jurisdiction=world.jurisdiction),
    )


def address(place, name):
    world = place.world
    arguments = {
        "progress": ["0123456789abcdef"],
        "dashboard:overview-of": [world.sub_item.programme_id],
        "dashboard:overview_export": [world.sub_item.programme_id],
        "dashboard:list": [world.sub_item.programme_id],
        "dashboard:list_export": [world.sub_item.programme_id],
        **{f"task_table:{page}": [world.sub_item.programme_id] for page in ("flat", "flat_export", "flat_confirm")},
        "dashboard:sub_item": [world.sub_item.pk],
        "milestones:edit": [world.sub_item.pk],
        "handover:sub_item": [world.sub_item.pk],
        "handover:programme": [world.sub_item.programme_id],
        "filing:report": [world.sub_item.pk, "2023-09"],
        "filing:autosave": [world.sub_item.pk, "2023-09"],
        "filing:check": [world.sub_item.pk, "2023-09"],
        "filing:exception": [world.sub_item.pk, "2023-09"],
        "filing:exception_noted": [place.asked.pk],
        "filing:end_noted": [place.ended.pk],
        "filing:let_go_noted": [place.let_go.pk],
        "filing:kept_noted": [place.stands.pk],
        "periods:request": [place.asked.pk],
        **{
            f"filing:{page}": [world.sub_item.pk, "2023-09", place.assisting.pk]
            for page in ("contribute", "contribute_autosave")
        },
        "filing:assign": [world.sub_item.pk, world.line.pk],
        "programmes:settings": [world.sub_item.programme_id],
        **{f"periods:{page}": [world.sub_item.programme_id] for page in ("periods", "units", "settings", "calendar")},
        **{
            f"periods:{page}": [world.sub_item.programme_id, "2023-09"]
            for page in ("unfiled", "export", "due", "exceptions")
        },
        "periods:end_exception": [world.sub_item.programme_id, "2023-09", place.exception.pk],
        "periods:forget_day": [world.sub_item.programme_id, place.day.pk],
        **{
            f"review:{page}": [place.report.pk]
            for page in ("report", "versions", "take_over", "reopen", "recheck", "run_out")
        },
        **{
            f"task_table:{page}": [place.batch.pk]
            for page in (
                *("batch", "decide", "commit", "discard", "undo", "source"),
                *("again", "again_begin", "again_match", "again_decide", "again_commit"),
            )
        },
        **{
            f"task_table:{page}": [place.batch.pk]
            for page in ("accept", "default", "unknown", "columns", "confirm", "use_again", "apart", "tables")
        },
        **{f"task_table:{page}": [place.batch.pk, place.row] for page in ("row", "leave_out", "take_in", "ask_again")},
        **{f"task_table:{page}": [place.batch.pk, place.row, "content"] for page in ("part", "take_back")},
        **{
            f"office:{page}": [world.unit.pk]
            for page in ("unit", "unit_place", "unit_close", "unit_reopen", "unit_alias", "unit_right")
        },
        **{
            f"office:{page}": [place.kept.pk]
            for page in (
                "person",
                "person_password",
                "person_active",
                "person_unit_right",
                "person_area_right",
                "person_right_take",
            )
        },
        **{f"office:{page}": ["units"] for page in ("exchange_upload", "exchange_export", "exchange_confirm")},
        "office:alias_remove": [place.alias.pk],
        "office:group": [place.group.pk],
        "office:group_alias": [place.group.pk],
        "office:source": [place.world.line.source_id],
        "office:source_place": [place.world.line.source_id],
        "office:request": [place.right.pk],
    }
    return reverse(name.removesuffix("-of"), args=arguments.get(name, []))


def names(resolver=None, prefix=""):
    """The names of all addresses, with their namespaces; the operator's have a test of their own (test_operator.py)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if getattr(pattern, "namespace", None) == "admin":
            continue
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))
        else:
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def test_every_address_is_in_the_matrix():
    listed = {name.removesuffix("-of") for name, _method in MATRIX}
    assert set(names()) == listed


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_is_his_and_nothing_else(place, client, person):
    if place.people[person]:
        client.force_login(place.people[person])
    got = {}
    for name, method in MATRIX:
        response = getattr(client, method)(address(place, name))
        if response.streaming:
            list(response)  # a download lets go of its file at its end
        sent_to_sign_in = response.status_code == 302 and response.url.startswith(reverse("account_login"))
        got[name, method] = SIGN_IN if sent_to_sign_in else response.status_code
    assert got == {key: expected[person] for key, expected in MATRIX.items()}


@pytest.mark.parametrize("person", SIGNED_IN)
def test_addresses_that_only_take_a_step_lead_to_their_page(place, client, person):
    client.force_login(place.people[person])
    steps = {name for name, method in MATRIX if method == "post"} - {name for name, method in MATRIX if method == "get"}
    for name in steps:
        asked = address(place, name)
        response = client.get(f"{asked}?page=2")
        assert (response.status_code, response.url.endswith("?page=2")) == (302, True), name
        above = response.url.removesuffix("?page=2")
        assert asked.startswith(above), name
        assert client.get(asked, headers={"HX-Request": "true"}).status_code == 405, name
    assert client.get(address(place, "task_table:commit")).url == address(place, "task_table:batch")


def test_the_sign_in_page_alone_is_open(place, client):
    assert [name for name, _method in MATRIX if client.get(address(place, name)).status_code == 200] == [
        "account_login"
    ]
