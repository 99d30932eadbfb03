"""Looking at an uploaded file before anything in it is unpacked or believed."""

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from departments.errors import DomainError
from minsheng.task_table.markup import Aside, pieces_of
from minsheng.task_table.ole import streams_of

Source = Path | str | bytes | BinaryIO
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A merged range is one note in the file and as many cells in memory.
MOST_MERGED_CELLS = 500_000
# Cells that the file writes. In memory one takes some 280 bytes, in the file it may take a hundredth of it.
MOST_WRITTEN_CELLS = 1_000_000
# Tags of anything: a cell of a workbook takes five, with its value and text; Word takes more for its looks.
TAGS_OF_A_CELL, MOST_OTHER_TAGS, MOST_TAGS = 5, 2_000_000, 5_000_000
# One tag with the text behind it, or one comment. Excel writes no more than 32,767 characters into a cell; expat, which
# reads workbooks, takes the square of its length for a tag or comment.
LONGEST_PIECE_OF_MARKUP = 1 << 18
_LONG = re.compile(rb"<[^<]{%d}" % LONGEST_PIECE_OF_MARKUP)
_CELL = re.compile(rb"<(?:\w+:)?(?:c|tc)[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
_DOCTYPE = b"<!DOCTYPE"


class TaskTableRefused(DomainError):
    """The file cannot be read as a task table; the text says why and what to do."""


def read_file(source: Source) -> bytes:
    """The bytes of a file of allowed size. Raises ``TaskTableRefused``."""
    return _bytes(source)


def is_old_office(data: bytes) -> bool:
    return data.startswith(_OLE)


def check_old_office(data: bytes) -> None:
    """Raise ``TaskTableRefused`` where a file of the old Office format is no workbook, or has a password."""
    try:
        streams = {name.lower() for name in streams_of(data)}
    except ValueError as error:
        raise TaskTableRefused(damaged()) from error
    if "encryptedpackage" in streams:
        raise TaskTableRefused(password())
    if "worddocument" in streams:
        raise TaskTableRefused(
            _("This is a document of the old Word format. Open it and save it as .docx, then try again.")
        )
    if not streams & {"workbook", "book"}:
        raise TaskTableRefused(damaged())


def check_zip(data: bytes) -> zipfile.ZipFile:
    """The file as a zip archive that is safe to open: of allowed size unpacked, unencrypted, without entities.

    Raises ``TaskTableRefused`` and nothing else for files that are not.
    """
    if said := other_kind(data):
        raise TaskTableRefused(said)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check(archive)
    except TaskTableRefused:
        raise
    except Exception as error:  # zipfile, zlib and lzma have many errors of their own
        raise TaskTableRefused(damaged()) from error
    return archive


def is_word(archive: zipfile.ZipFile) -> bool:
    return "word/document.xml" in archive.namelist()


def password() -> str:
    return _("The file is protected by a password. Remove the password in Excel and try again.")


def damaged() -> str:
    return _(
        "The file is neither an Excel workbook nor a Word document, or it is damaged. Save it as .xlsx or .docx and "
        "try again."
    )


def other_kind(data: bytes) -> str:
    """What to do with a file that is no task table by its first bytes, as .pdf and .rtf are; empty for others."""
    start = data[:1024].lstrip()
    if b"%PDF-" in start:
        return _("This is a PDF. Take the Excel or Word file it was made from, or copy its table and paste it.")
    if start.startswith((b"{\\rtf", b"<", b"\xef\xbb\xbf<", b"MIME-Version")):
        return _("This is a text document or web page, whatever its name ends in. Save it as .docx or .xlsx first.")
    return ""


def _bytes(source: Source) -> bytes:
    limit = settings.TASK_TABLE_MAX_BYTES
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, (str, Path)):
        try:
            with Path(source).open("rb") as file:
                data = file.read(limit + 1)
        except (OSError, ValueError) as error:
            raise TaskTableRefused(_("The file %(name)s cannot be opened.") % {"name": source}) from error
    else:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise TaskTableRefused(_("The file is larger than %(limit)s MB.") % {"limit": limit // (1024 * 1024) or 1})
    if not data:
        raise TaskTableRefused(_("The file is empty."))
    return data


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    limit = settings.TASK_TABLE_MAX_UNPACKED_BYTES
    if sum(part.file_size for part in parts) > limit:
        raise TaskTableRefused(
            _("The file unpacks to more than %(limit)s MB.") % {"limit": limit // (1024 * 1024) or 1}
        )
    merged = cells = tags = 0
    in_expat = not is_word(archive)
    for part in parts:
        if part.flag_bits & 1:
            raise TaskTableRefused(password())
        aside = Aside()
        for content in pieces_of(archive, part):
            if in_expat and (_LONG.search(content) or aside.longest_after(content) > LONGEST_PIECE_OF_MARKUP):
                raise TaskTableRefused(
                    _("The file holds a text longer than a cell can be; it is not opened for safety.")
                )
            if _DOCTYPE in content:
                raise TaskTableRefused(
                    _("The file holds definitions that no Excel workbook needs; it is not opened for safety.")
                )
            merged += sum(_area(found) for found in _MERGED.finditer(content))
            cells += len(_CELL.findall(content))
            tags += content.count(b"<") - content.count(b"</")
            if merged > MOST_MERGED_CELLS:
                raise TaskTableRefused(
                    _("The file merges more cells than a task table can need; it is not opened for safety.")
                )
            if cells > MOST_WRITTEN_CELLS or tags > TAGS_OF_A_CELL * MOST_WRITTEN_CELLS + MOST_OTHER_TAGS:
                raise TaskTableRefused(_too_many_cells())
    if tags > (TAGS_OF_A_CELL * cells + MOST_OTHER_TAGS if in_expat else MOST_TAGS):
        raise TaskTableRefused(_too_many_cells())


def _too_many_cells() -> str:
    return _(
        "The file has more than %(limit)s cells, more than a task table can need. Delete its empty "
        "rows and columns, or copy the table into a new file, and try again."
    ) % {"limit": f"{MOST_WRITTEN_CELLS:,}"}


def _area(found: re.Match[bytes]) -> int:
    left, top, right, bottom = found.groups()
    return (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
