"""Hold the Chinese catalogue to the source.

    check_catalogue.py            every message of the source has its translation, the compiled catalogue is in step
    check_catalogue.py --update   write the messages of the source into the catalogue, and compile it

Messages are found by makemessages in a copy of the source, so that a check changes nothing. The English interface
needs no catalogue: message ids are English.
"""

import argparse
import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
CATALOGUE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
PACKAGES = ("departments", "projects", "funding", "minsheng", "templates")
# No line numbers, no wrapping, nothing obsolete: a catalogue's difference shows what was translated.
CONVENTIONS = ["--no-wrap", "--add-location", "file", "--no-obsolete"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Entry(NamedTuple):
    text: str  # the id; of two forms the one for many, which the one Chinese form stands for
    translations: list[str]
    fuzzy: bool


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def run(*command: str, cwd: Path = ROOT) -> None:
    """Run a tool; what it says is shown only where it fails."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{' '.join(command)}:\n{result.stdout}{result.stderr}")


def extract(project: Path) -> None:
    """Bring the catalogue of ``project`` up to its source."""
    catalogue = project / CATALOGUE
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    run(sys.executable, "manage.py", "makemessages", "--locale", LOCALE, *CONVENTIONS, cwd=project)
    # The time of extraction alone would make each run a change.
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    catalogue.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date')), encoding="utf-8")


def extracted(scratch: Path) -> Path:
    """The catalogue as it would be after extraction, made in a copy of the source."""
    for package in PACKAGES:
        if (ROOT / package).is_dir():
            shutil.copytree(ROOT / package, scratch / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", scratch)
    for folder in ("locale", "static"):
        (scratch / folder).mkdir()
    if (ROOT / CATALOGUE).is_file():
        shutil.copytree(ROOT / "locale", scratch / "locale", dirs_exist_ok=True)
    extract(scratch)
    return scratch / CATALOGUE


def entries(catalogue: Path) -> dict[str, Entry]:
    """The entries of a catalogue by id, of which the context is a part."""
    found = {}
    for block in re.split(r"\n{2,}", catalogue.read_text(encoding="utf-8").strip()):
        texts: dict[str, str] = {}
        key = ""
        fuzzy = False
        for line in block.splitlines():
            fuzzy = fuzzy or bool(re.match(r"#,.*\bfuzzy\b", line))
            if match := re.match(r'(?:(msg\S+) )?(".*")$', line):
                key = match[1] or key
                texts[key] = texts.get(key, "") + ast.literal_eval(match[2])
        if texts.get("msgid"):
            name = " | ".join(texts[part] for part in ("msgctxt", "msgid") if part in texts)
            translations = [text for key, text in texts.items() if key.startswith("msgstr")]
            found[name] = Entry(texts.get("msgid_plural") or texts["msgid"], translations, fuzzy)
    return found


def hidden_calls() -> list[str]:
    """Messages that extraction does not see: asked for within an f-string."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [
        f"asked for within an f-string, where extraction is blind: {path.name}:{text.lineno}"
        for path in paths
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr) and any(map(_asks, ast.walk(text)))
    ]


def _asks(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name == "_" or bool(re.fullmatch(r"n?p?gettext(_lazy)?", name))


def compiled(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined,no-any-return]


def faults(scratch: Path) -> list[str]:
    """Everything that keeps the catalogue from being complete and in step, each in one line."""
    wanted = entries(extracted(scratch))
    catalogue = ROOT / CATALOGUE
    if not catalogue.is_file():
        return [f"missing, for {len(wanted)} messages"] if wanted else []
    present = entries(catalogue)
    found = hidden_calls()
    found += [f"not in the catalogue: {name!r}" for name in wanted.keys() - present.keys()]
    found += [f"no longer in the source: {name!r}" for name in present.keys() - wanted.keys()]
    for name, entry in present.items():
        if entry.fuzzy or not all(entry.translations):
            found.append(f"not translated, or fuzzy: {name!r}")
        elif any(placeholders(text) != placeholders(entry.text) for text in entry.translations):
            found.append(f"other placeholders than its id: {name!r}")
    if re.search(r"^#~", catalogue.read_text(encoding="utf-8"), re.MULTILINE):
        found.append("there are obsolete entries (#~)")
    if found:
        return sorted(found)
    run("msgfmt", "--check-format", "--output-file", str(scratch / "django.mo"), str(catalogue))
    built = catalogue.with_suffix(".mo")
    if not built.is_file() or compiled(built) != compiled(scratch / "django.mo"):
        return [f"{built.name} is not what the catalogue compiles to"]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the catalogue instead of checking it")
    update = parser.parse_args().update
    if not shutil.which("msgfmt"):
        sys.exit("gettext is missing: apt-get install gettext")
    with tempfile.TemporaryDirectory(prefix="minsheng-messages-") as folder:
        scratch = Path(folder)
        # The settings make this folder where the portal's files are kept.
        os.environ["PORTAL_VAR"] = str(scratch / "var")
        if update:
            catalogue = ROOT / CATALOGUE
            catalogue.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(extracted(scratch), catalogue)
            run("msgfmt", "--check-format", "--output-file", str(catalogue.with_suffix(".mo")), str(catalogue))
        (scratch / "check").mkdir()
        found = faults(scratch / "check")
    for fault in found:
        print(f"{CATALOGUE}: {fault}")
    print(f"{CATALOGUE}: {f'{len(found)} to mend (make messages, and translate)' if found else 'complete, in step'}")
    return 0 if update else bool(found)


if __name__ == "__main__":
    sys.exit(main())
