"""The platform operator's pages: reference data, for staff alone, under the portal's policy."""

import io
import re
from importlib.resources import files

import pytest
from django.contrib import admin
from django.template.loader import get_template
from django.urls import URLPattern, get_resolver, reverse
from openpyxl import load_workbook

from departments.models import AuditEvent, Department, DepartmentAlias, Jurisdiction
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, SUPERVISE
from tests.factories.departments import DepartmentAliasFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db
ARGUMENTS = {"object_id": "1", "content_type_id": 1, "app_label": "departments", "url": "x/"}


def addresses():
    """Every address of the admin, once."""
    pending = [resolver for resolver in get_resolver().url_patterns if getattr(resolver, "namespace", "") == "admin"]
    while pending:
        for pattern in pending.pop().url_patterns:
            if not isinstance(pattern, URLPattern):
                pending.append(pattern)
            elif pattern.name:
                groups = pattern.pattern.converters or pattern.pattern.regex.groupindex
                yield reverse(f"admin:{pattern.name}", kwargs={name: ARGUMENTS.get(name, "1") for name in groups})


@pytest.fixture
def operator(client):
    client.force_login(UserFactory(username="yunwei", is_staff=True, is_superuser=True))
    return client


def test_only_reference_data_is_there():
    assert {model._meta.label for model in admin.site._registry} == {
        "departments.Jurisdiction",
        "departments.Department",
        "departments.DepartmentAlias",
        "departments.DepartmentGroup",
        "funding.FundingSource",
    }


def test_for_others_it_does_not_exist_and_strangers_are_sent_to_the_portals_door(client):
    unit = DepartmentFactory()
    every = [IMPORT_TABLE, SUPERVISE, ADMINISTER, OVERSEE, AUDIT]
    found = list(addresses())
    assert len(found) > 30
    for address in found:
        hops = client.get(address, follow=True).redirect_chain
        assert hops[-1][0].startswith(reverse("account_login")), address
    asked = reverse("admin:departments_department_changelist")
    assert f"next={asked}" in client.get(asked, follow=True).redirect_chain[-1][0]
    client.force_login(UserFactory(grants={unit: [FILE_REPORT], unit.jurisdiction: every}))
    assert {client.get(address).status_code for address in found} == {404}


def test_the_operator_sees_pages_in_chinese_without_anything_inline(operator):
    unit = DepartmentFactory()
    for address in (
        reverse("admin:index"),
        reverse("admin:departments_department_changelist"),
        reverse("admin:departments_department_change", args=[unit.pk]),
        reverse("admin:departments_department_add"),
        reverse("admin:departments_jurisdiction_change", args=[unit.jurisdiction.pk]),
    ):
        response = operator.get(address)
        assert response.status_code == 200, address
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert inline(response.content.decode()) == [], address
        assert "平台运维" in response.content.decode()


INLINE = re.compile(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|<script(?![^>]*\ssrc=)""")


def inline(text):
    """Handlers, styles and scripts that stand in a page; data for scripts (json) is none."""
    text = re.sub(r'<script[^>]*type="application/json".*?</script>', "", text, flags=re.DOTALL)
    return INLINE.findall(text)


def test_no_template_of_import_export_as_we_serve_it_has_anything_inline():
    folder = files("import_export") / "templates"
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.html")]
    assert "admin/import_export/export.html" in names
    # what the overridden one had: this test can fail
    assert inline((folder / "admin/import_export/export.html").read_text(encoding="utf-8"))
    for name in names:
        source = get_template(name).template.source
        assert inline(source) == [], name


def test_an_export_holds_no_formula(operator):
    DepartmentFactory(name='=HYPERLINK("http://x")')
    response = operator.get(reverse("admin:departments_department_export"))
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for row in sheet for cell in row if cell.data_type == "f"] == []
    assert [sheet["B1"].value, sheet["D1"].value] == ["行政区划", "名称"]
    assert any("HYPERLINK" in str(cell.value) for row in sheet for cell in row)


def test_what_the_operator_does_is_held_to_the_rules_and_recorded(operator):
    unit = DepartmentFactory(name="甲局")
    alias = reverse("admin:departments_departmentalias_add")
    data = {"jurisdiction": unit.jurisdiction.pk, "department": unit.pk, "group": ""}
    other = DepartmentFactory(jurisdiction=unit.jurisdiction, name="乙局")
    assert operator.post(alias, data | {"text": other.name}).status_code == 200  # ambiguous: the form again
    assert not DepartmentAlias.objects.exists()
    operator.post(alias, data | {"text": "甲 局（本级）"})
    assert DepartmentAlias.objects.get().plain == "甲局(本级)"

    operator.post(
        reverse("admin:departments_jurisdiction_add"),
        {"parent": unit.jurisdiction.pk, "code": "990001", "name": "新区", "short_name": "", "office_name": "督查室"},
    )
    area = Jurisdiction.objects.get(code="990001")
    assert area.path == f"{unit.jurisdiction.path}{area.pk}/"
    assert set(AuditEvent.objects.values_list("action", "actor__username")) == {
        ("admin.add", "yunwei"),
        ("jurisdiction.create", "yunwei"),
    }


def test_nothing_is_deleted(operator):
    alias = DepartmentAliasFactory()
    unit = alias.department
    for name, pk in (("department", unit.pk), ("jurisdiction", unit.jurisdiction.pk), ("departmentalias", alias.pk)):
        address = reverse(f"admin:departments_{name}_delete", args=[pk])
        assert operator.post(address, {"post": "yes"}).status_code == 403
    assert Department.objects.filter(pk=unit.pk).exists()
    assert DepartmentAlias.objects.filter(pk=alias.pk).exists()
