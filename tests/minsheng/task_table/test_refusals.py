"""Files that are no task tables: refused with a sentence for the user, never with a traceback."""

import io
import itertools
import struct
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from departments.errors import DomainError
from minsheng.task_table import markup, package
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.reading import read_table
from minsheng.task_table.workbook import open_workbook
from tests.minsheng.task_table.tables import HEADER, saved, task

DATA = Path(__file__).parents[2] / "data" / "task_tables"


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


def old_file(*names, embedded=(), text=""):
    """A file of the old Office format with streams of these names at its root, and others inside one of its parts."""

    def entry(name, *, kind=2, right=0xFFFFFFFF, child=0xFFFFFFFF):
        written = name.encode("utf-16-le")
        head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2, kind, 1)
        return head + struct.pack("<III", 0xFFFFFFFF, right, child).ljust(60, b"\0")

    inside = [*names, *(["MBD0001"] if embedded else [])]
    entries = [entry("Root Entry", kind=5, child=1)]
    for place, name in enumerate(inside, 1):
        more = place + 1 if place < len(inside) else 0xFFFFFFFF
        within = len(inside) + 1 if name == "MBD0001" else 0xFFFFFFFF
        entries.append(entry(name, right=more, child=within))
    entries += [entry(name) for name in embedded]
    directory = b"".join(entries)
    count = -(-len(directory) // 512)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<H", 9) + bytes(12)
    header += struct.pack("<8I", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0).ljust(4 * 109, b"\xff")
    chain = [0xFFFFFFFD, *range(2, count + 1), 0xFFFFFFFE]
    table = b"".join(struct.pack("<I", number) for number in chain).ljust(512, b"\xff")
    return header + table + directory.ljust(count * 512, b"\0") + text.encode("utf-16-le").ljust(512, b"\0")


def test_encrypted():
    assert refusal(old_file("EncryptionInfo", "EncryptedPackage")) != refusal(old_file("Workbook"))


def test_old_files_that_are_no_workbook():
    letter = refusal(old_file("1Table", "WordDocument"))
    broken = refusal(old_file("Workbook"))
    assert ".docx" in letter
    assert letter != broken
    assert refusal(old_file("a", "b", "c", "d", "e", "WordDocument", embedded=["Workbook"])) == letter
    for workbook in (old_file("Workbook", text="WordDocument"), old_file("Workbook", embedded=["WordDocument"])):
        assert refusal(workbook) == broken
    for cut in range(0, 2048, 100):
        assert refusal(old_file("Workbook", "WordDocument")[: 8 + cut])


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\xef\xbb\xbf%PDF-1.4", "PDF"),
        (b"{\\rtf1\\ansi", ".docx"),
        (b"<html><table></table></html>", ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", ".docx"),
        (b"nothing known", ".docx"),
    ],
)
def test_a_file_of_another_kind_is_not_only_told_that_it_is_no_workbook(data, word):
    assert word in refusal(data)


@pytest.mark.parametrize("word", ["WordDocument", "EncryptedPackage"])
def test_an_old_workbook_that_speaks_of_word_is_read(word):
    old = (DATA / "d04_xls_2021.xls").read_bytes()
    spoken = old + word.encode("utf-16-le").ljust(512, b"\0")
    assert len(read_table(spoken, name="table.xls").rows) == len(read_table(old, name="table.xls").rows)


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


def test_range_that_is_merged_twenty_thousand_times_is_read_once():
    once = saved(HEADER, *(task(n) for n in range(1, 30)), merge=["A40:G43", "A45:B45"])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(once)) as read, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in read.infolist():
            content, many = read.read(part), b'<mergeCell ref="$A$40:$G$43"></mergeCell>' * 17_000
            archive.writestr(part.filename, content.replace(b"<mergeCell ", many + b"<mergeCell ", 1))
    began = time.process_time()

    (sheet,) = open_workbook(file.getvalue(), name="表.xlsx")

    assert time.process_time() - began < 1
    (plain,) = open_workbook(once, name="表.xlsx")
    assert (sheet.ranges, sheet.anchors, sheet.cells) == (plain.ranges, plain.anchors, plain.cells)
    assert list(sheet.ranges.values()) == [(43, 7), (45, 2)]


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
        monkeypatch.setattr(markup, "_PIECE", size)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.xml", content)
        with zipfile.ZipFile(file) as archive:
            pieces = list(markup.pieces_of(archive, archive.infolist()[0]))
        assert b"".join(pieces) == content
        if size > 12:
            assert sum(len(package._CELL.findall(piece)) for piece in pieces) == 14
            assert sum(piece.count(package._DOCTYPE) for piece in pieces) == 1


LONG = package.LONGEST_PIECE_OF_MARKUP


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "content",
    [
        "<!--" + "<a> " * (LONG // 4 + 1) + "-->",
        "<!--" + "x" * LONG + "-->",
        "<?x " + "<a> " * (LONG // 4 + 1) + "?>",
        "<x a='" + "> " * (LONG // 2) + "'/>",
        "<x a='" + "㰼" * (LONG // 2) + "'/>",  # in UTF-16 its bytes are those of <
        "<x>" + "文" * (LONG // 2) + "</x>",
    ],
)
def test_what_takes_the_square_of_its_length_is_not_opened(content, encoding):
    assert "单元格" in refusal(with_part("xl/worksheets/sheet9.xml", f"<a>{content}</a>".encode(encoding)))


def test_a_long_comment_is_seen_whatever_the_pieces():
    comment = b"<!--" + b"<a>" * 30 + b"-->"
    for size in range(4, 60):
        aside = markup.Aside()
        whole = b"<a>" + comment + b"<b/>" + comment
        cuts = [0, *(place for place in range(size, len(whole), size) if whole[place : place + 1] == b"<"), len(whole)]
        pieces = [whole[left:right] for left, right in itertools.pairwise(cuts)]
        assert max(aside.longest_after(piece) for piece in pieces) == 90


def test_what_fills_a_cell_and_many_short_comments_are_read():
    cell = task(1, content="新建老年食堂12个。" + "情" * 32_000)
    assert read_table(saved(HEADER, cell), name="table.xlsx").rows
    notes = "<a>" + "<!-- <b> -->" * (LONG // 10) + "</a>"
    assert read_table(with_part("xl/notes.xml", notes), name="table.xlsx").rows


def test_more_tags_than_memory_holds(monkeypatch):
    monkeypatch.setattr(package, "MOST_OTHER_TAGS", 5_000)
    assert read_table(with_part("xl/notes.xml", "<a></a>" * 100), name="table.xlsx").rows
    assert refusal(with_part("xl/notes.xml", "<x/>" * 5_001))


def test_what_hides_its_markup_in_its_encoding_is_not_opened():
    hidden = b'<?xml version="1.0" encoding="cp037"?>' + '<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("cp037")
    assert refusal(with_part("xl/notes.xml", hidden))
    spoken = '<?xml version="1.0" encoding="GB18030"?><x>文</x>'.encode("gb18030")
    assert read_table(with_part("xl/notes.xml", spoken), name="table.xlsx").rows
