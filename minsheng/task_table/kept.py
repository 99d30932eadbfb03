"""The reading of a row as it is kept: JSON text in the database, plain values or a whole reading for who asks."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields.json import KeyTransform

from departments.plain_json import PlainJSONField
from minsheng.task_table.result import RowReading

_rows = msgspec.json.Decoder(RowReading)
_plain: "msgspec.json.Decoder[dict[str, Any]]" = msgspec.json.Decoder(dict[str, Any])


class KeptReading(Mapping[str, Any]):
    """A reading of which nobody asks anything costs nothing but its text.

    As a mapping it has the plain JSON values (decimals and days are texts), which are never changed; ``whole`` is the
    ``RowReading``, also of a text that an earlier version wrote: what that one did not know has its default. Each is
    made once, when it is first asked for: a table has thousands of rows, and most steps need one of the two.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, reading: RowReading) -> "KeptReading":
        kept = cls(msgspec.json.encode(reading).decode())
        kept.__dict__["whole"] = reading
        return kept

    @cached_property
    def whole(self) -> RowReading:
        return _rows.decode(self.text)

    @cached_property
    def _values(self) -> dict[str, Any]:
        return _plain.decode(self.text)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"KeptReading({self.text})"


def whole_of(values: Mapping[str, Any]) -> RowReading:
    """The reading of which these are the plain values."""
    return values.whole if isinstance(values, KeptReading) else msgspec.convert(values, RowReading)


class ReadingField(PlainJSONField):
    """A column of JSON that gives and takes a ``KeptReading``; plain values are taken as well."""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(expression, KeyTransform) or not isinstance(value, str):
            return super().from_db_value(value, expression, connection)
        return KeptReading(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        if not isinstance(value, KeptReading):
            return super().get_db_prep_value(value, connection, prepared)
        if connection.vendor != "postgresql":
            return value.text
        from django.db.backends.postgresql.psycopg_any import Jsonb

        return Jsonb(value.text, dumps=str)

    def value_to_string(self, obj: Any) -> Any:
        value = self.value_from_object(obj)
        return dict(value) if isinstance(value, KeptReading) else value
