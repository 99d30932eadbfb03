"""What a page of an update showed in its fields: sent along with it, for two may be at it at once."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django import forms
from django.http import QueryDict

from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.said import BACK, GONE, MONTH, TAKE, WHOLE, Seen, plain

_NUMBER = r"\d{1,15}"
_NAME = re.compile(
    rf"{'|'.join(WHOLE)}|(?:{MATCH}|{MONTH})-{_NUMBER}|(?:{TAKE}|{BACK})-{_NUMBER}-[a-z_]+"
    rf"|{GONE}-{_NUMBER}-(?:act|reason)",
    re.ASCII,
)


@dataclass(frozen=True)
class Base:
    """``fields``: name → what stood, and what was shown. Many rows may stand behind one tick: ``serials`` (row →
    whether its number is taken) and ``moved`` (row → the sub-item named beside it).
    """

    programme: int
    fields: Mapping[str, Any]
    serials: Mapping[str, bool] = field(default_factory=dict)
    moved: Mapping[str, int] = field(default_factory=dict)

    def dump(self) -> dict[str, Any]:
        return {"programme": self.programme, "fields": self.fields, "serials": self.serials, "moved": self.moved}

    @classmethod
    def read(cls, text: Any) -> Self | None:
        """As a form sends it back; none where it cannot be read.

        >>> Base.read('{"programme": 1, "fields": {"reason": ["", ""]}}').seen()
        {'programme': (1, 1), 'reason': ('', '')}
        >>> Base.read("["), Base.read('{"programme": 1, "fields": {"reason": 1}}'), Base.read("[]")
        (None, None, None)
        >>> (
        ...     Base.read('{"programme": 1, "fields": {"match-abc": [1, 1]}}'),
        ...     Base.read('{"programme": "x", "fields": {}}'),
        ... )
        (None, None)
        """
        try:
            read = json.loads(text)
            found = cls(read["programme"], read["fields"], read.get("serials", {}), read.get("moved", {}))
            known = all(_NAME.fullmatch(name) for name in found.seen().keys() - {"programme"})
            numbers = [found.programme, *found.moved.values()]
            return found if known and all(type(one) is int for one in numbers) else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def touched(self, said: QueryDict) -> list[str]:
        """Fields of which something else was sent than was shown.

        >>> base = Base(1, {"reason": ["", "a\\nb"], "take-2-funding": [True, True], "month-2": ["", "2023-08-01"]})
        >>> base.touched(QueryDict("reason=a%0D%0Ab&month-2=2023-09-01"))
        ['take-2-funding', 'month-2']
        """
        return [name for name, (_stood, shown) in self.fields.items() if not _is_as_shown(said, name, shown)]

    def seen(self) -> Seen:
        """What was shown, field by field. That a row only moved is said by a tick: there the tick alone says it."""
        found: dict[str, tuple[Any, Any]] = {"programme": (self.programme, self.programme)}
        found |= {name: (stood, shown) for name, (stood, shown) in self.fields.items()}
        found |= {f"{TAKE}-{int(row)}-serial": (bool(taken), bool(taken)) for row, taken in self.serials.items()}
        return found | {f"{MATCH}-{int(row)}": (None, None) for row in self.moved}


def _is_as_shown(said: QueryDict, name: str, shown: Any) -> bool:
    if isinstance(shown, bool):
        return (name in said) == shown
    return name not in said or plain(str(said[name])) == ("" if shown is None else str(shown))


def sent(form: forms.BaseForm, data: QueryDict | None = None, names: Iterable[str] = ()) -> QueryDict:
    """What ``form`` would send if nobody touched it; of the fields ``names``, what ``data`` has."""
    found = QueryDict(mutable=True)
    for name, bound in form.fields.items():
        value = form.get_initial_for_field(bound, name)
        if value is not None and value is not False and value != "":
            found[name] = "on" if value is True else str(bound.prepare_value(value))
    for name in names:
        found.pop(name, None)
        if data is not None and name in data:
            found.setlist(name, data.getlist(name))
    return found
