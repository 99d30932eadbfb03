"""The check of the catalogue finds each way in which a catalogue can fall behind."""

import shutil
import subprocess

import pytest

from scripts import check_catalogue

pytestmark = pytest.mark.skipif(not shutil.which("msgfmt"), reason="no gettext found: apt-get install gettext")

SOURCE = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("Report of %(unit)s")
_("100% done")
ngettext("one day left", "%(count)d days left", 2)
pgettext("light", "red")
"""
TEMPLATE = "{% load i18n %}{% translate 'Sign in' %}"
CATALOGUE = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

msgid "Report of %(unit)s"
msgstr "%(unit)s的月报"

msgid "100% done"
msgstr "全部完成"

msgid "one day left"
msgid_plural "%(count)d days left"
msgstr[0] "还剩%(count)d天"

msgctxt "light"
msgid "red"
msgstr "红灯"

msgid "Sign in"
msgstr "登录"
"""


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """The faults of a small project with this source and catalogue, compiled unless ``compiled`` is another one."""
    root = tmp_path / "project"
    (root / "minsheng").mkdir(parents=True)
    (root / "templates").mkdir()
    (root / "templates" / "page.html").write_text(TEMPLATE)
    shutil.copy(check_catalogue.ROOT / "manage.py", root)
    (root / "minsheng" / "settings.py").write_text(
        "import pathlib\nSECRET_KEY = 'x'\nLOCALE_PATHS = [pathlib.Path(__file__).parent.parent / 'locale']\n"
    )
    monkeypatch.setattr(check_catalogue, "ROOT", root)

    def find(catalogue, *, source=SOURCE, compiled=None):
        (root / "minsheng" / "texts.py").write_text(source)
        path = root / check_catalogue.CATALOGUE
        path.parent.mkdir(parents=True)
        path.write_text(compiled or catalogue)
        subprocess.run(["msgfmt", "-o", path.with_suffix(".mo"), path], check=True)
        path.write_text(catalogue)
        (tmp_path / "scratch").mkdir()
        return check_catalogue.faults(tmp_path / "scratch")

    return find


def test_a_complete_catalogue_has_no_faults(faults):
    assert faults(CATALOGUE) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('msgid "Sign in"\nmsgstr "登录"\n', "", "not in the catalogue: 'Sign in'"),
        ('msgstr "登录"', 'msgstr ""', "not translated, or fuzzy: 'Sign in'"),
        ('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"', "not translated, or fuzzy: 'Sign in'"),
        ("%(unit)s的月报", "%(department)s的月报", "other placeholders than its id: 'Report of %(unit)s'"),
        ("%(unit)s的月报", "月报", "other placeholders than its id: 'Report of %(unit)s'"),
        ("还剩%(count)d天", "还剩几天", "other placeholders than its id: 'one day left'"),
    ],
)
def test_a_fault_is_found_and_named(faults, before, after, found):
    assert before in CATALOGUE
    assert faults(CATALOGUE.replace(before, after)) == [found]


def test_a_message_that_left_the_source_is_found(faults):
    assert faults(CATALOGUE, source=SOURCE.replace('_("100% done")', "")) == ["no longer in the source: '100% done'"]


def test_an_obsolete_entry_is_found(faults):
    assert faults(CATALOGUE + '\n#~ msgid "Gone"\n#~ msgstr "没有了"\n') == ["there are obsolete entries (#~)"]


def test_a_stale_compiled_catalogue_is_found(faults):
    stale = CATALOGUE.replace("登录", "登入")
    assert faults(CATALOGUE, compiled=stale) == ["django.mo is not what the catalogue compiles to"]


def test_a_message_that_extraction_cannot_see_is_found(faults):
    hidden = SOURCE + "f\"{_('Report of %(unit)s')} {1}\"\n"
    assert faults(CATALOGUE, source=hidden) == ["asked for within an f-string, where extraction is blind: texts.py:7"]
