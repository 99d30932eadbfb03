"""Writing many rows: one prepared statement over all of them.

Django builds its statements for many rows anew each time, and asks each field of each row six things. Of a table of
thousands of rows that is most of the time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

One = TypeVar("One")
Made = TypeVar("Made", bound=models.Model)
ROWS_AT_ONCE: Final = 500  # in one statement, or one message to the server


def batched(things: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    """``things`` in runs of ``size``, so that what is made of them need not be held for all at once."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def new_row(model: type[Made], refers: Mapping[str, models.Model] | None = None, /, **values: Any) -> Made:
    """A new row as ``model(**values)`` makes it, several times as fast, for models of plain columns.

    ``values`` are those of columns (``sub_item_id``); ``refers`` has the other rows it is to be asked for, by the name
    of the field. Raises ``TypeError`` for what is no column. No signal says that it was made.
    """
    same, own = _defaults(model)
    row = model.__new__(model)
    held = vars(row)
    held["_state"] = ModelState()
    held.update(same)
    for name, default in own:
        if name not in values:
            held[name] = default()
    for name, other in (refers or {}).items():
        row._state.fields_cache[name] = other
        values[f"{name}_id"] = other.pk
    held.update(values)
    if len(held) != len(same) + len(own) + 1:
        unknown = values.keys() - same.keys() - {name for name, _default in own}
        raise TypeError(f"{model.__name__} has no such columns: {', '.join(sorted(unknown))}")
    return row


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """What stands in a column of which nothing is said; where that is made anew for each row, what makes it."""
    fields = model._meta.concrete_fields
    own = [field for field in fields if field.has_default() and callable(field.default)]
    same = {field.attname: field.get_default() for field in fields if field not in own}
    return same, [(field.attname, field.get_default) for field in own]


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save ``fields`` of each of ``rows``, as ``bulk_update`` does, several times as fast: no CASE over all of them.

    Constraints are checked row by row: what changes places must step aside first.
    """
    if not rows or not fields:
        return
    meta = type(rows[0])._meta
    alias = router.db_for_write(type(rows[0]))
    connection = connections[alias]
    quote = connection.ops.quote_name
    key: Any = meta.pk
    columns: list[Any] = [*(meta.get_field(name) for name in fields), key]
    sets = ", ".join(f"{quote(column.column)} = %s" for column in columns[:-1])
    # Names of columns and tables, quoted; the values are parameters.
    sql = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s"  # noqa: S608
    values = _values(rows, columns, connection)
    with transaction.atomic(using=alias, savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch  # type: ignore[import-untyped]

            execute_batch(cursor, sql, values, page_size=ROWS_AT_ONCE)
        else:
            cursor.executemany(sql, values)


def insert_rows(rows: Sequence[One], *, keys: bool = False) -> Sequence[One]:
    """Write new ``rows`` of one model, as ``bulk_create`` does, several times as fast. They learn their keys only
    where the caller wants the ``keys``, or has given them (``give_keys``).

    A row that refers to another one takes over its key, where that was written meanwhile.
    """
    if not rows:
        return rows
    model: Any = type(rows[0])
    alias = router.db_for_write(model)
    connection = connections[alias]
    given = rows[0].pk is not None  # type: ignore[attr-defined]
    columns = [field for field in model._meta.concrete_fields if keys or given or not field.primary_key]
    with transaction.atomic(using=alias, savepoint=False):
        if keys and not given:
            give_keys(rows)
        for some in batched(rows, ROWS_AT_ONCE):
            _insert(model, columns, _values(some, columns, connection), connection)
    for row in rows:
        row._state.adding, row._state.db = False, alias  # type: ignore[attr-defined]
    return rows


def give_keys(rows: Sequence[Any]) -> None:
    """Give new ``rows`` of one model, not yet written, the keys that they will have. In the transaction that writes."""
    model = type(rows[0])
    for row, key in zip(rows, _free_keys(model, len(rows), connections[router.db_for_write(model)]), strict=True):
        row.pk = key


def insert_columns(model: type[models.Model], columns: Mapping[str, Sequence[Any]], **same: Any) -> None:
    """Write new rows from bare values: attribute → its value in each row, or the ``same`` in all of them.

    For rows that nobody needs but the database: the objects would take longer than the writing. What is not named has
    its default.
    """
    count = len(next(iter(columns.values())))
    alias = router.db_for_write(model)
    connection = connections[alias]
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    found = []
    for field in fields:
        if field.attname in columns:
            found.append(_adapted(field, columns[field.attname], connection))
        else:
            value = same[field.attname] if field.attname in same else field.get_default()
            found.append([*_adapted(field, [value], connection)] * count)
    with transaction.atomic(using=alias, savepoint=False):
        _insert(model, fields, list(zip(*found, strict=True)), connection)


def fetch_few(rows: Sequence[models.Model], *names: str, **among: Any) -> None:
    """Fetch what refers to ``rows`` under these ``names``, as ``prefetch_related`` does, where most have none of it.

    That makes an own list for each row, for nothing: these have an empty one together. ``among`` is a condition that
    what refers to them meets, instead of the keys of them all.
    """
    for name in names:
        relation: Any = type(rows[0])._meta.get_field(name) if rows else None
        if relation is None:
            return
        other, key = relation.related_model._default_manager, relation.field.attname
        condition = among or {f"{relation.field.name}__in": rows}
        having = set(other.filter(**condition).order_by().values_list(key, flat=True))
        have_none([row for row in rows if row.pk not in having], name)
        models.prefetch_related_objects([row for row in rows if row.pk in having], name)


def have_none(rows: Sequence[models.Model], *names: str) -> None:
    """Nothing refers to ``rows`` under these ``names``, as where they are new: it is not asked for."""
    for name in names:
        relation: Any = type(rows[0])._meta.get_field(name) if rows else None
        none = relation and relation.related_model._default_manager.none()
        for row in rows:
            vars(row).setdefault("_prefetched_objects_cache", {})[name] = none


def _insert(
    model: type[models.Model], columns: Sequence[Any], values: list[tuple[Any, ...]], connection: BaseDatabaseWrapper
) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    # Names of columns and tables, quoted; the values are parameters.
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values

            execute_values(cursor, f"{sql}%s", values, page_size=ROWS_AT_ONCE)
        else:
            cursor.executemany(f"{sql}({', '.join(['%s'] * len(columns))})", values)


def _free_keys(model: type[models.Model], count: int, connection: BaseDatabaseWrapper) -> list[int]:
    """Keys that the database gives to nobody else. SQLite has one writer at a time, and this is in his transaction."""
    meta: Any = model._meta
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [f'"{meta.db_table}"', meta.pk.column, count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
        found = cursor.fetchone()
        last = found[0] if found else 0
    return list(range(last + 1, last + count + 1))


# What a database takes as it is, by what a field calls itself.
_AS_IT_IS: Final[dict[str, type]] = {
    "CharField": str,
    "TextField": str,
    "BooleanField": bool,
    "BigAutoField": int,
    "PositiveIntegerField": int,
    "PositiveSmallIntegerField": int,
}


def _values(rows: Sequence[One], columns: Sequence[Any], connection: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
    """The values of ``rows`` as the database takes them."""
    found = []
    for column in columns:
        values: list[Any] = list(map(attrgetter(column.attname), rows))
        if column.is_relation and None in values:
            values = [_key_of(row, column) if value is None else value for row, value in zip(rows, values, strict=True)]
        found.append(_adapted(column, values, connection))
    return list(zip(*found, strict=True))


def _adapted(column: Any, values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
    """The values of a column, looked at as a whole: most need nothing."""
    final = column
    while final.remote_field:
        final = final.target_field
    kinds = {str if issubclass(kind, str) else kind for kind in set(map(type, values))}
    if kinds <= {_AS_IT_IS.get(final.get_internal_type(), type(None)), type(None)}:
        return values
    if final.get_internal_type() == "JSONField":  # rows that have a value in common have its text in common
        prepare = _json_of(column, connection)
        texts: dict[int, Any] = {}
        for value in values:
            if value is not None and id(value) not in texts:
                texts[id(value)] = prepare(value)
        return [None if value is None else texts[id(value)] for value in values]
    return [None if value is None else column.get_db_prep_save(value, connection) for value in values]


def _json_of(column: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """What makes the text of a value: quicker than Django's own where this is plain JSON, kept as text."""
    if connection.vendor != "sqlite" or column.encoder is not None:
        return lambda value: column.get_db_prep_save(value, connection)
    return lambda value: (
        msgspec.json.encode(value).decode() if type(value) is dict else column.get_db_prep_save(value, connection)
    )


def _key_of(row: Any, column: Any) -> Any:
    """The key of what ``row`` refers to, where that had none yet when it was put there."""
    other = column.get_cached_value(row, default=None)
    if other is not None and other.pk is None:
        raise ValueError(f"{column.name} of {type(row).__name__} refers to what is not written yet.")
    return None if other is None else other.pk
