"""The audit trail speaks to people: every action and every detail that the source records has its word.

The source is read with ``ast``: what ``audit.record`` is given, and what is handed on to it through a parameter.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from minsheng.office import words

ROOT = Path(__file__).resolve().parents[3]
FLOORS = ("departments", "projects", "funding", "minsheng")
TAKES = {"by", "jurisdiction", "on"}
HELP = "Add {what} to {where} in minsheng/office/words.py, in words a person reads, and its Chinese to the catalogue."


class Module(NamedTuple):
    name: str
    tree: ast.Module


class Given(NamedTuple):
    """An action or a detail, and where the source names it."""

    word: str
    place: str


def modules() -> Iterator[Module]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield Module(str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8")))


def is_record(call: ast.AST) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="audit"), attr="record")):
            return True
    return False


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def texts(node: ast.expr | None) -> list[str] | None:
    """The texts an expression can be; none where the source does not say."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            both = [texts(body), texts(orelse)]
            return None if None in both else [text for one in both for text in one]
    return None


def keys(node: ast.expr) -> list[str]:
    """The literal keys of a dict, of one merged from others too."""
    match node:
        case ast.Dict(keys=found):
            return [key.value for key in found if isinstance(key, ast.Constant)]
        case ast.BinOp(left=left, right=right):
            return keys(left) + keys(right)
    return []


def handed_on(tree: ast.Module) -> dict[str, tuple[int, str, ast.Call]]:
    """Functions that record an action which they are given: their name → the parameter's place and name, the call."""
    found = {}
    for function in functions(tree):
        arguments = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        named = [*arguments, *(one.arg for one in function.args.kwonlyargs)]
        for call in filter(is_record, ast.walk(function)):
            match call.args[0]:
                case ast.Name(id=name) if name in named:
                    place = arguments.index(name) if name in arguments else -1
                    found[function.name] = (place - (arguments[:1] == ["self"]), name, call)
    return found


def named(module: Module) -> dict[str, list[str]]:
    """Names that stand for texts: ``action = "a.b" if … else "a.c"``."""
    found = {}
    for node in ast.walk(module.tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ) if texts(value):
                found[name] = texts(value)
    return found


def given() -> tuple[list[Given], list[Given], list[str]]:
    """All actions, all details, and the calls of which the source does not say what they record."""
    actions, details, unknown = [], [], []
    tree = list(modules())
    through = {name: how for module in tree for name, how in handed_on(module.tree).items()}
    for module in tree:
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            place = f"{module.name}:{call.lineno}"
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if is_record(call):
                action = call.args[0]
                if any(call is inner for *_how, inner in through.values()):
                    action = None  # said by whoever calls
            elif name in through:
                at, parameter, _inner = through[name]
                by_name = {one.arg: one.value for one in call.keywords}
                action = by_name.get(parameter, call.args[at] if 0 <= at < len(call.args) else None)
                if action is None:
                    continue  # another function of that name
            else:
                continue
            if action is not None:
                said = texts(action) or named(module).get(getattr(action, "id", ""))
                unknown += [] if said else [place]
                actions += [Given(text, place) for text in said or ()]
            for keyword in call.keywords:
                if keyword.arg in (None, "action", *TAKES):
                    continue
                inner = keys(keyword.value) if keyword.arg in words.HOLDERS else [keyword.arg]
                details += [Given(key, place) for key in inner]
    return actions, details, unknown


ACTIONS, DETAILS, UNKNOWN = given()


def test_the_source_is_read():
    """So that the tests below cannot pass by finding nothing."""
    found = {action for action, _place in ACTIONS}
    assert {"person.add", "person.close", "period.due", "admin.add", "unit.change", "source.rename"} <= found
    assert {"right", "where", "name", "due_on", "reason"} <= {detail for detail, _place in DETAILS}
    assert UNKNOWN == []


def test_every_action_has_a_word():
    missing = sorted({action for action in ACTIONS if action.word not in words.ACTIONS})
    assert not missing, f"{missing}\n" + HELP.format(what="each action", where="ACTIONS")


def test_every_detail_has_a_word():
    known = words.FIELDS.keys() | words.SILENT | words.HOLDERS
    missing = sorted({detail for detail in DETAILS if detail.word not in known})
    assert not missing, f"{missing}\n" + HELP.format(what="each detail", where="FIELDS (or SILENT)")


@pytest.mark.parametrize(
    ("source", "actions", "details"),
    [
        ('audit.record("a.b", x, by=y, jurisdiction=z, code=1, changed={"name": []})', ["a.b"], ["code", "name"]),
        ('def f(action, *, by):\n    audit.record(action, x, by=by)\nf("c.d", by=1)', ["c.d"], []),
        ('what = "e.f" if x else "e.g"\naudit.record(what, x, by=y)', ["e.f", "e.g"], []),
    ],
)
def test_the_reader_finds_what_is_recorded(monkeypatch, source, actions, details):
    monkeypatch.setattr(f"{__name__}.modules", lambda: iter([Module("x.py", ast.parse(source))]))
    found = given()
    assert [one.word for one in found[0]] == actions
    assert [one.word for one in found[1]] == details
    assert found[2] == []
