"""Files that Excel and Word save as “Strict Open XML”: the same parts under other names of their language."""

import io
import re
import zipfile

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_FIRST = "_rels/.rels"  # says what the file is
_OTHERWISE = {
    b"extendedProperties": b"extended-properties",
    b"customProperties": b"custom-properties",
}


def usual(data: bytes, archive: zipfile.ZipFile) -> bytes:
    """The file with the usual names, which are those that openpyxl and python-docx know; a usual one as it is.

    ``archive`` was looked at (``package.check_zip``): it is not larger than allowed.
    """
    if _FIRST not in archive.namelist() or not _STRICT.search(archive.read(_FIRST)):
        return data
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for part in archive.infolist():
            content = archive.read(part)
            named = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
            written.writestr(part.filename, _STRICT.sub(_usual, content) if named else content)
    return made.getvalue()


def _usual(found: re.Match[bytes]) -> bytes:
    language, what = found.groups()
    return b"http://schemas.openxmlformats.org/%b/2006/%b" % (language, _OTHERWISE.get(what, what))
