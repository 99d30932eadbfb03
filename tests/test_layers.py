"""The arrows of the house point one way: departments ← projects ← funding ← minsheng, models ← rules ← services.

Imports are read from the source, those inside functions and under TYPE_CHECKING too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("departments", "projects", "funding", "minsheng")
DOMAIN = FLOORS[:-1]
KINDS = ("models", "rules", "services")
PAGES = {"views", "urls", "forms", "templates", "templatetags"}
WRITES = {"bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update_or_create"}


def imported(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a module of ``package`` imports; of ``from a import b`` both a and a.b."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                parts = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                origin = ".".join([*parts, *([module] if module else [])])
                yield node.lineno, origin
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def kind_of(module: str) -> str | None:
    """``projects.rules.lights`` is rules; what is none of the three may be used by all."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] in DOMAIN and parts[1] in KINDS else None


def violations(path: Path, source: str) -> list[str]:
    """What the module at ``path`` (relative to the project) does against the layers."""
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    package = ".".join(path.parent.parts)
    floor, kind = path.parts[0], kind_of(module)
    tree = ast.parse(source)
    found = set()
    for line, name in imported(tree, package):
        target = name.split(".")[0]
        if target in FLOORS and FLOORS.index(target) > FLOORS.index(floor):
            found.add((line, f"{floor} imports {target}"))
        used = kind_of(name)
        if kind and used and KINDS.index(used) > KINDS.index(kind):
            found.add((line, f"{kind} import {used}"))
    if kind == "rules":
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                found.add((node.lineno, f"rules write: {node.func.attr}()"))
    if floor in DOMAIN and PAGES.intersection(module.split(".")[1:]):
        found.add((1, f"{floor} has pages: they are in minsheng"))
    return [f"{path}:{line}: {what}" for line, what in sorted(found)]


def test_no_arrow_points_the_wrong_way():
    paths = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    assert len({path.relative_to(ROOT).parts[0] for path in paths}) == len(FLOORS)
    found = [fault for path in paths for fault in violations(path.relative_to(ROOT), path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source", "what"),
    [
        ("departments/clock.py", "import projects.models", "departments imports projects"),
        ("departments/audit.py", "def f():\n    from funding import models", "departments imports funding"),
        ("projects/models/figure.py", "from funding.models import FundingLine", "projects imports funding"),
        ("projects/models/figure.py", "if TYPE_CHECKING:\n    import funding", "projects imports funding"),
        ("funding/apps.py", "from minsheng.settings import DEBUG", "funding imports minsheng"),
        ("projects/apps.py", "importlib.import_module('minsheng.urls')", "projects imports minsheng"),
        ("projects/rules/lights.py", "from projects.services import reports", "rules import services"),
        ("projects/rules/lights.py", "from projects import services", "rules import services"),
        ("projects/rules/lights.py", "from ..services.reports import move", "rules import services"),
        ("projects/rules/__init__.py", "from ..services import reports", "rules import services"),
        ("projects/rules.py", "from departments.services import units", "rules import services"),
        ("projects/models/light.py", "from projects.rules import lights", "models import rules"),
        ("projects/models/light.py", "def f():\n    import projects.services.lights", "models import services"),
        ("projects/rules/lights.py", "def f(report):\n    report.save()", "rules write: save()"),
        ("projects/rules/lights.py", "def f():\n    Light.objects.create()", "rules write: create()"),
        ("projects/views.py", "", "projects has pages: they are in minsheng"),
        ("funding/forms/line.py", "", "funding has pages: they are in minsheng"),
    ],
)
def test_a_wrong_arrow_is_found(path, source, what):
    assert [fault.split(": ", 1)[1] for fault in violations(Path(path), source)] == [what]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("minsheng/filing/services.py", "from funding.services import lines\nfrom projects.rules import lights"),
        ("projects/services/reports.py", "from projects.models import MonthlyReport\nfrom ..rules import reports"),
        ("projects/rules/lights.py", "from projects.models import Light\nfrom departments import clock"),
        ("funding/models/line.py", "from .source import FundingSource\nfrom projects.models import SubItem"),
        ("minsheng/review/views.py", "from minsheng.review import forms"),
        ("departments/services/units.py", "import projectsession, datetime\nDepartment.objects.create()"),
    ],
)
def test_a_right_arrow_is_not(path, source):
    assert violations(Path(path), source) == []
