"""Merged ranges that a file writes many times over: each is read once."""

import io
import re
import zipfile

_SHEETS = "xl/worksheets/"
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([^"']*)["'][^>]*?(?:/>|>\s*</(?:\w+:)?mergeCell\s*>)""")


def each_once(data: bytes, archive: zipfile.ZipFile) -> bytes:
    """The file with each merged range of a sheet once; one that repeats none as it is.

    openpyxl draws the borders of a range anew each time it is written: twenty thousand take it seconds.
    ``archive`` was looked at (``package.check_zip``): it is not larger than allowed.
    """
    names = [name for name in archive.namelist() if name.startswith(_SHEETS)]
    sheets = {name: (content, _once(content)) for name in names if b"mergeCell" in (content := archive.read(name))}
    changed = {name: once for name, (content, once) in sheets.items() if once is not content}
    if not changed:
        return data
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for part in archive.infolist():
            written.writestr(part.filename, changed.get(part.filename) or archive.read(part))
    return made.getvalue()


def _once(content: bytes) -> bytes:
    ranges = [found.group(1).replace(b"$", b"") for found in _MERGED.finditer(content)]
    if len(set(ranges)) == len(ranges):
        return content
    seen: set[bytes] = set()

    def first(found: re.Match[bytes]) -> bytes:
        place = found.group(1).replace(b"$", b"")
        again = place in seen
        seen.add(place)
        return b"" if again else found.group()

    return _MERGED.sub(first, content)
