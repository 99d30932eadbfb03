"""The files of others under static/vendor: licensed, complete in themselves, and readable by Chrome 63."""

import json
import re
from pathlib import Path

import pytest

from minsheng.navigation import ITEMS

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
FILES = sorted(path for path in VENDOR.glob("*/*") if path.suffix in (".js", ".css", ".svg"))
OWN = sorted((ROOT / "static" / "js").glob("*.js"))
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
# Syntax of Chrome 66 and later: optional catch binding, ?., ??, private fields, class fields, modules.
TOO_NEW = re.compile(r"\bcatch\s*\{|\?\.(?=[A-Za-z_$\[(])|\?\?|\bthis\.#|^\s*(?:import|export)\s", re.MULTILINE)


def test_there_is_what_package_json_names():
    named = set(json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]) - {"esbuild"}
    assert {path.parent.name for path in FILES} == named == {path.name for path in VENDOR.iterdir()}


def test_versions_are_exact():
    named = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in named.values())
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in named} == named


def test_the_lock_file_names_no_server():
    assert "resolved" not in (ROOT / "package-lock.json").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_vendored_file_is_complete_and_licensed(path):
    text = path.read_text("utf-8")
    assert "sourceMappingURL" not in text
    assert len((path.parent / "LICENSE").read_text("utf-8")) > 500
    if path.suffix != ".svg":
        version = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"][path.parent.name]
        assert text.startswith(f"/* {path.parent.name} {version};")


@pytest.mark.parametrize("path", [*(path for path in FILES if path.suffix == ".js"), *OWN], ids=lambda path: path.name)
def test_scripts_are_readable_by_chrome_63(path):
    code = STRING.sub('""', re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL))
    assert TOO_NEW.findall(code) == []


def test_every_icon_that_is_asked_for_is_there():
    there = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "bootstrap-icons" / "icons.svg").read_text("utf-8")))
    assert there == set((ROOT / "scripts" / "vendor" / "icons.txt").read_text("utf-8").split())
    asked = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""{% icon ["']([^"']+)""", template.read_text("utf-8"))
    }
    asked |= {item.icon for item in ITEMS if item.icon}
    assert asked <= there
