"""Files that are no task tables: refused with a sentence for the user, never with a traceback."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from departments.errors import DomainError
from minsheng.task_table import package
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import HEADER, saved, task


def refusal(data, **how):
    with pytest.raises(TaskTableRefused) as caught:
        read_table(data, name="table.xlsx", **how)
    return str(caught.value)


def with_part(name, content):
    file = io.BytesIO(saved(HEADER, task(1)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def test_a_refusal_is_for_the_user():
    assert issubclass(TaskTableRefused, DomainError)


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"])
def test_no_workbook(data):
    assert refusal(data)


def test_encrypted():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert refusal(data) != refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_old_files_that_are_no_workbook():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    letter = refusal(ole + "WordDocument".encode("utf-16-le"))
    broken = refusal(ole + "Workbook".encode("utf-16-le") + b"\x00" * 600)
    assert ".docx" in letter
    assert letter != broken


def test_a_word_document_that_is_damaged():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    assert "Word" in refusal(file.getvalue())


def test_too_large(settings):
    settings.TASK_TABLE_MAX_BYTES = 100
    assert refusal(saved(HEADER, task(1)))


def test_unpacked_too_large(settings):
    settings.TASK_TABLE_MAX_UNPACKED_BYTES = 1000
    assert refusal(saved(HEADER, task(1)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(encoding):
    assert refusal(with_part("xl/extra.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode(encoding)))


def test_more_merged_cells_than_memory():
    assert refusal(with_part("xl/worksheets/extra.xml", '<mergeCell ref="A1:XFD1048576"/>'))


def test_no_header_and_no_row():
    assert refusal(saved(("天气", "晴"), ("温度", 20))) != refusal(saved(HEADER))


def test_no_such_sheet():
    assert "附表" in refusal(saved(HEADER, task(1)), sheet="附表")


def test_damaged_inside():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    assert refusal(file.getvalue())


def test_command_prints_and_refuses(tmp_path, capsys):
    table = tmp_path / "table.xlsx"
    table.write_bytes(saved(HEADER, task(1)))
    call_command("read_task_table", str(table), year=2023)
    assert '"deadline": "2023-10-31"' in capsys.readouterr().out
    table.write_bytes(b"nothing")
    with pytest.raises(CommandError) as caught:
        call_command("read_task_table", str(table))
    assert caught.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("read_task_table", str(table), year=7)


def test_more_cells_than_memory_holds(monkeypatch):
    monkeypatch.setattr(package, "MOST_WRITTEN_CELLS", 40)
    row = "<row>" + "<c><v>1</v></c>" * 12 + "</row>"
    assert "40" in refusal(with_part("xl/worksheets/sheet9.xml", f"<worksheet>{row * 4}</worksheet>"))
    assert "40" in refusal(with_part("xl/worksheets/sheet9.xml", f"<worksheet>{row * 4}</worksheet>".encode("utf-16")))
    assert read_table(saved(HEADER, task(1)), name="table.xlsx").rows


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.bin", "xl/media/image1.png"])
def test_what_is_xml_is_looked_at_whatever_it_is_called(name):
    assert "定义" in refusal(with_part(name, '  <?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))


def test_a_tag_is_not_cut_in_two(monkeypatch):
    """Whatever the size of the pieces a part is read in."""
    content = b"<a>" + b"<c r='1'/>" * 9 + b"<!DOCTYPE x>" + b"<c/>" * 5 + b"</a>"
    for size in range(1, 40):
        monkeypatch.setattr(package, "_PIECE", size)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.xml", content)
        with zipfile.ZipFile(file) as archive:
            pieces = list(package._markup(archive, archive.infolist()[0]))
        assert b"".join(pieces) == content
        if size > 12:
            assert sum(len(package._CELL.findall(piece)) for piece in pieces) == 14
            assert sum(piece.count(package._DOCTYPE) for piece in pieces) == 1
