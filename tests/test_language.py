"""Two languages, each whole: nothing is written past the catalogue, and every id of it is English that can be read."""

import ast
import io
import re
import tokenize
from pathlib import Path

from scripts import check_catalogue

ROOT = Path(__file__).resolve().parents[1]
# Han, its punctuation, full-width forms; typographic signs that English has too are none of it.
CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# What reads Chinese tables, or writes as they do, knows their words; demo data and formats of dates are Chinese too.
VOCABULARY = {
    "departments/names.py",
    "funding/migrations/0003_sources.py",
    "funding/money.py",
    "funding/services/lines.py",
    "minsheng/formats/zh_Hans/formats.py",
    "minsheng/sheets.py",
    "minsheng/task_table/again/matching.py",
    "minsheng/task_table/choice.py",
    "minsheng/task_table/columns.py",
    "minsheng/task_table/meanings.py",
    "minsheng/task_table/other_tables.py",
    "minsheng/task_table/deadline_column.py",
    "minsheng/task_table/left_out.py",
    "minsheng/task_table/local_names.py",
    "minsheng/task_table/parts_of_total.py",
    "minsheng/task_table/rates.py",
    "minsheng/task_table/stated_targets.py",
    "minsheng/task_table/stated_unit.py",
    "minsheng/task_table/table_sums.py",
    "minsheng/task_table/target_columns.py",
    "minsheng/task_table/told_in_content.py",
    "minsheng/task_table/compose.py",
    "minsheng/task_table/continued.py",
    "minsheng/task_table/document_runs.py",
    "minsheng/task_table/headings.py",
    "minsheng/task_table/labelled.py",
    "minsheng/task_table/labels.py",
    "minsheng/task_table/year.py",
    "minsheng/task_table/flattened.py",
    "minsheng/task_table/forms.py",
    "minsheng/task_table/header_rows.py",
    "minsheng/task_table/money_columns.py",
    "minsheng/task_table/name_columns.py",
    "minsheng/task_table/set_apart.py",
    "minsheng/task_table/money.py",
    "minsheng/task_table/pasted.py",
    "minsheng/task_table/reading.py",
    "minsheng/task_table/responsible.py",
    "minsheng/task_table/row.py",
    "minsheng/task_table/rows.py",
    "minsheng/task_table/unknown.py",
    "minsheng/task_table/values.py",
    "minsheng/task_table/word_numbers.py",
    "projects/models/sub_item.py",
    "projects/rules/kinds.py",
    "projects/services/plans.py",
}
# The page of components shows developers samples of what offices write.
VOCABULARY_ROOMS = ("minsheng/demo/", "minsheng/styleguide/", "minsheng/task_table/parsers/")
# Names of keys and headers that scripts compare with.
KEYS = {"Enter", "Escape", "Tab", "Home", "End", "Delete", "Backspace", "Space", "Accept"}
TYPOGRAPHIC = set("“”’–—…×·→")
ENTRIES = check_catalogue.entries(ROOT / check_catalogue.CATALOGUE)


def sources(*suffixes, rooms=check_catalogue.PACKAGES):
    return [path for room in rooms for suffix in suffixes for path in sorted((ROOT / room).rglob(f"*{suffix}"))]


def name(path):
    return path.relative_to(ROOT).as_posix()


def documented(tree):
    """The docstrings of a module, by the line they begin on."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {
        node.body[0].lineno
        for node in ast.walk(tree)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
    }


def literals(text):
    """What the code says, without comments and docstrings: (line, token)."""
    docstrings = documented(ast.parse(text))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT and not (token.type == tokenize.STRING and token.start[0] in docstrings):
            yield token.start[0], token.string


def in_code(path):
    return [f"{name(path)}:{line}" for line, text in literals(path.read_text("utf-8")) if CHINESE.search(text)]


def test_no_code_speaks_chinese_by_itself():
    found = {
        fault: path for path in sources(".py") if not name(path).startswith(VOCABULARY_ROOMS) for fault in in_code(path)
    }
    assert [fault for fault, path in found.items() if name(path) not in VOCABULARY] == []
    # A file that has lost its Chinese leaves the list.
    assert {name(path) for path in found.values()} == VOCABULARY


def own_templates():
    return [path for path in sources(".html", ".txt", rooms=["templates"]) if "styleguide" not in path.parts]


def test_no_template_speaks_chinese_by_itself():
    comment = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
    templates = own_templates()
    assert len(templates) > 50
    assert [name(path) for path in templates if CHINESE.search(comment.sub("", path.read_text("utf-8")))] == []


def test_no_template_writes_words_past_the_catalogue():
    """Between the tags of a template stand blanks, signs and figures: words come through translations or variables."""
    dynamic = re.compile(
        r"{% comment %}.*?{% endcomment %}|{#.*?#}|{% blocktranslate.*?{% endblocktranslate %}"
        r"|{% block (?:main|root)_class %}.*?{% endblock (?:main|root)_class %}|{%.*?%}|{{.*?}}",
        re.DOTALL,
    )
    tags = re.compile(r"<!DOCTYPE html>|<[^>]*>", re.DOTALL)
    spoken = re.compile(r"""\b(?:title|alt|placeholder|aria-label|data-label)="([^"]*[A-Za-z]{2}[^"]*)\"""")
    found = []
    for path in own_templates():
        html = dynamic.sub("", path.read_text("utf-8"))
        if re.search(r"[A-Za-z]{2}", tags.sub("", html)) or spoken.search(html):
            found.append(name(path))
    assert found == []


def test_scripts_take_their_words_from_the_page():
    scripts = sources(".js", rooms=["static/js"])
    comment = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
    for path in scripts:
        code = comment.sub("", path.read_text("utf-8"))
        assert not CHINESE.search(code), path
        # A sentence, or a capital at the head of a word, is for people.
        words = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", code)
        shown = [double or single for double, single in words]
        assert [
            text for text in shown if re.match(r"[A-Z][a-z]+( [a-z]+)*[.!?…]?$", text) and text not in KEYS
        ] == [], path


def ids():
    """Every id with its translations; of two forms, both ids."""
    text = (ROOT / check_catalogue.CATALOGUE).read_text("utf-8")
    assert not re.search(r"^#~|^#,.*fuzzy|^#\|", text, re.MULTILINE)
    return [(key, entry) for key, entry in ENTRIES.items()]


def test_every_message_id_is_english_and_is_translated():
    for key, entry in ids():
        for text in (key, entry.text):
            strange = {sign for sign in text if not sign.isascii()} - TYPOGRAPHIC
            assert not strange, f"{key!r}: {strange}"
        assert all(entry.translations), key
        for translation in entry.translations:
            assert check_catalogue.placeholders(translation) == check_catalogue.placeholders(entry.text), key


def test_no_message_id_is_a_code():
    """An id is what an English reader reads: no snake_case, no trailing blank, no sentence without its capital."""
    bare = [re.sub(r"%\(\w+\)[sd]|<[^>]*>", "", key.rpartition(" | ")[2]) for key, _entry in ids()]
    assert [text for text in bare if re.search(r"\w_\w", text.replace("is_open", ""))] == []
    assert [key for key, _entry in ids() if key != key.strip() and not key.startswith("between the parts")] == []
    assert [text for text in bare if re.match(r"[a-z].*\.$", text)] == []


def test_a_chinese_sentence_has_chinese_punctuation():
    """Half-width commas, stops and brackets between Han are a slip; the name of a format keeps its own."""
    slip = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?:$|[\u4e00-\u9fff])")
    found = [key for key, entry in ids() for text in entry.translations if slip.search(re.sub(r"<[^>]*>", "", text))]
    assert found == []


def test_every_message_is_found():
    """The tool that collects messages knows the functions by their names: under another one, a message is lost."""
    lost = []
    for path in (path for package in check_catalogue.PACKAGES[:-1] for path in sorted((ROOT / package).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                lost += [f"{path.relative_to(ROOT)}: {one.name} as {one.asname}" for one in node.names if one.asname]
    assert [line for line in lost if not line.endswith(" as _")] == []
