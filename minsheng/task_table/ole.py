"""What a file of the old Office format holds, by the names in its directory and not by bytes that a cell may hold too.

[MS-CFB]: sectors chained by a table (FAT), whose own sectors the header lists; a directory of 128 bytes an entry, in
which the root's children are a tree of siblings.
"""

from array import array
from collections.abc import Iterator

_END = 0xFFFFFFFA  # sector numbers from here on are marks
_NONE = 0xFFFFFFFF
_ENTRY = 128
_LISTED = slice(76, 512)  # of the header: the first sectors of the table


def streams_of(data: bytes) -> set[str]:
    """The names at the root of the file, what is embedded in it not among them. Raises ``ValueError`` where it is
    damaged.
    """
    size = 1 << int.from_bytes(data[30:32], "little") if len(data) >= 512 else 0
    if size not in (512, 4096):
        raise ValueError("no sectors")
    table = array("I")
    for number in _table_sectors(data, size):
        table.extend(_numbers(_sector(data, size, number)))
    chain = _chain(table, int.from_bytes(data[48:52], "little"))
    directory = b"".join(_sector(data, size, number) for number in chain)
    entries = [directory[start : start + _ENTRY] for start in range(0, len(directory), _ENTRY)]
    if not entries:
        raise ValueError("no directory")
    return {_name(entry) for entry in _children(entries)} or {_name(entry) for entry in entries}


def _sector(data: bytes, size: int, number: int) -> bytes:
    found = data[(number + 1) * size : (number + 2) * size]
    return found[: len(found) // _ENTRY * _ENTRY]


def _numbers(sector: bytes) -> "array[int]":
    return array("I", (int.from_bytes(sector[at : at + 4], "little") for at in range(0, len(sector), 4)))


def _table_sectors(data: bytes, size: int) -> Iterator[int]:
    """The sectors of the table: those in the header, and in large files those in a chain of lists."""
    yield from (number for number in _numbers(data[_LISTED]) if number < _END)
    seen = set()
    further = int.from_bytes(data[68:72], "little")
    while further < _END and further not in seen:
        seen.add(further)
        *listed, further = _numbers(_sector(data, size, further)) or [_NONE]
        yield from (number for number in listed if number < _END)


def _chain(table: "array[int]", number: int) -> Iterator[int]:
    seen = set()
    while number < len(table) and number not in seen:
        seen.add(number)
        yield number
        number = table[number]


def _children(entries: list[bytes]) -> Iterator[bytes]:
    """What stands at the root: its child, and of each the siblings to its left and right."""
    seen = set()
    waiting = [int.from_bytes(entries[0][76:80], "little")]
    while waiting:
        number = waiting.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        yield entry
        waiting += [int.from_bytes(entry[68:72], "little"), int.from_bytes(entry[72:76], "little")]


def _name(entry: bytes) -> str:
    length = min(int.from_bytes(entry[64:66], "little"), 64)
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
