"""The parts of a packed file that are XML, piece by piece, before any parser sees them."""

import codecs
import re
import zipfile
from collections.abc import Callable, Iterator

_PIECE = 1 << 20
_ASIDE = re.compile(rb"<!--|<\?")
_ENDS = {b"<!--": b"-->", b"<?": b"?>"}
_STARTS_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


class Undecodable(Exception):
    """A part declares an encoding in which signs of markup would not be seen."""


class Aside:
    """Comments and processing instructions of a part, which comes in pieces that begin with a tag."""

    def __init__(self) -> None:
        self.end = b""  # of the one that we are in
        self.length = 0

    def longest_after(self, piece: bytes) -> int:
        """The length of the longest that is in ``piece``, or goes on to its end."""
        place = longest = 0
        while True:
            if not self.end:
                found = _ASIDE.search(piece, place)
                if found is None:
                    return longest
                self.end, self.length, place = _ENDS[found[0]], 0, found.end()
            end = piece.find(self.end, place)
            self.length += (len(piece) if end < 0 else end) - place
            longest = max(longest, self.length)
            if end < 0:
                return longest
            place = end + len(self.end)
            self.end = b""


def pieces_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a part that is XML, whatever it is called, in pieces that cut no tag in two; UTF-16 as UTF-8.

    A part is never held whole: a small archive may unpack to all that is allowed. Raises ``Undecodable``, and
    ``UnicodeError`` where UTF-16 is broken.
    """
    with archive.open(part) as opened:
        rest = opened.read(_PIECE)
        if not rest.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
            return  # a picture, a macro
        ascii_signs = _decoder(rest)
        rest = ascii_signs(rest)
        while True:
            read = opened.read(_PIECE)
            if not read:
                yield rest
                return
            piece = ascii_signs(read)
            cut = rest.rfind(b"<")
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > _PIECE:  # no tag is as long
                yield rest
                rest = b""
            rest += piece


def _decoder(start: bytes) -> Callable[[bytes], bytes]:
    """What makes the bytes of a part, that begins so, bytes in which signs of markup are those of ASCII."""
    start = start.lstrip(b" \t\r\n")
    encoding = _STARTS_16.get(start[:2])
    if encoding:
        decoder = codecs.getincrementaldecoder(encoding)()
        return lambda read: decoder.decode(read).encode("utf-8", "surrogatepass")
    declared = _DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    if declared and not _keeps_ascii(declared[1].decode("latin-1")):
        raise Undecodable
    return bytes


def _keeps_ascii(encoding: str) -> bool:
    """Whether signs of markup are in this encoding what they are in ASCII; one that is not known no parser reads.

    >>> _keeps_ascii("GB18030"), _keeps_ascii("cp037"), _keeps_ascii("utf-16")
    (True, False, False)
    """
    try:
        return "<!-?>".encode(encoding) == b"<!-?>"
    except LookupError:
        return True
